/** Ask 2 (ExaBGP #993): the address leaves the interface before the withdrawal has left, and traffic meets a dead box. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bird } from '../interop/lab/bird.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually, run } from '../interop/lab/process.ts';
import { HEALTHZ, rack } from '../interop/lab/rack.ts';

const VIP = '203.0.113.10/32';
const WEB = { name: 'web', addresses: ['203.0.113.10'], interface: 'lo', checks: [HEALTHZ] };

/**
 * `ip` as bellhop finds it: stops bellhop in the moment in which it changes an address, and writes down whether the
 * router has the route then. What was not on its way before cannot get there meanwhile.
 */
const IP = `#!/bin/sh
has() { ${bird.programs[1]} -s $TOR/bird.ctl show route ${VIP} | grep -q unicast; }
case "$1 $2" in
"address add")
  kill -STOP $PPID
  sleep 0.3
  if has; then echo "add: announced before" >> $DIR/seen; else echo "add: not announced yet" >> $DIR/seen; fi
  kill -CONT $PPID ;;
"address del")
  kill -STOP $PPID
  fate="still announced"
  for i in $(seq 100); do
    if has; then sleep 0.1; else fate="withdrawn before"; break; fi
  done
  echo "del: $fate" >> $DIR/seen
  kill -CONT $PPID ;;
esac
exec /usr/sbin/ip "$@"
`;

describeLab('ask 2: the address goes before the withdrawal', [bird], () => {
  test('up: the address first, then the route; down: the router has lost the route before the address goes', async () => {
    await using subject = await rack(bird, [WEB], {
      files: { 'bin/ip': IP },
      env: { PATH: `$DIR/bin:${process.env['PATH']}` },
    });
    const seen = () => readFileSync(join(subject.host.directory, 'seen'), 'utf8').trim().split('\n');
    subject.startService();
    await subject.has(VIP);
    expect(seen()).toEqual(['add: not announced yet']);
    writeFileSync(join(subject.host.directory, 'sick'), '');
    await subject.has();
    await eventually(() => expect(seen()).toHaveLength(2), { what: 'the removal' });
    expect(seen()[1]).toBe('del: withdrawn before');
    await eventually(async () => expect(await addressesOf(subject.host.namespace)).not.toContain(VIP), {
      what: 'the address is gone',
    });
  });

  test('remove-delay: the address stays for packets that are under way, and is not added again', async () => {
    await using subject = await rack(bird, [{ ...WEB, 'remove-delay': '1h' }]);
    const service = subject.startService();
    await subject.has(VIP);
    await service.kill();
    await subject.has();
    expect(await addressesOf(subject.host.namespace)).toContain(VIP);
    subject.startService();
    await subject.has(VIP);
    expect(subject.bellhop.process.log.match(/"event":"addressAdded"/g)).toHaveLength(1);
  });
});

async function addressesOf(namespace: string): Promise<string> {
  return await run('ip', ['-n', namespace, '-o', 'address', 'show', 'dev', 'lo']);
}
