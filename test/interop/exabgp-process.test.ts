/**
 * Programs written for ExaBGP, unchanged, under bellhop and under ExaBGP side by side: the same commands give the same
 * UPDATEs at an external and an internal peer.
 *
 * Over 300 lines: the cases share the two daemons and what is compared.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { message, UPDATE, updateMessage } from '../speaker/raw-peer.ts';
import type { Bellhop } from './lab/bellhop.ts';
import { exabgp } from './lab/exabgp.ts';
import { describeLab } from './lab/guard.ts';
import { eventually } from './lab/process.ts';
import { EXTERNAL, INTERNAL, loopbackAddresses, SideBySide, type SideOptions } from './lab/side-by-side.ts';

let pair: SideBySide | undefined;
afterEach(async () => {
  await pair?.stop();
  pair = undefined;
});

async function start(options: SideOptions): Promise<SideBySide> {
  pair = await SideBySide.start(options);
  return pair;
}

/** The health checker of ExaBGP with a service that is healthy while `$DIR/up` exists. */
function healthcheck(words: string): string {
  return `touch $DIR/up
exec /usr/bin/python3 -m exabgp healthcheck --no-syslog --interval 0.2 --fast-interval 0.1 --rise 1 --fall 1 --command "test -e $DIR/up" ${words}`;
}

function setHealthy(sides: SideBySide, healthy: boolean): void {
  sides.both(({ directory }) => {
    if (healthy) writeFileSync(join(directory, 'up'), '');
    else rmSync(join(directory, 'up'));
  });
}

/** How many commands the program has given to bellhop. */
async function commandsOf(bellhop: Bellhop): Promise<number> {
  const [process] = JSON.parse(await bellhop.command('show', 'processes', '--json')) as [
    { commands: number },
  ];
  return process.commands;
}

describeLab('exabgp healthcheck, unmodified', [exabgp], () => {
  test('metrics up, down and up again, increasing from address to address', async () => {
    const sides = await start({
      script: healthcheck(
        '--no-ip-setup --ip 203.0.113.10/32 --ip 203.0.113.11/32 --up-metric 10 --down-metric 500 --increase 5',
      ),
    });
    await sides.same(/^203.0.113.11\/32 .* med=15 /);
    setHealthy(sides, false);
    await sides.same(/^203.0.113.11\/32 .* med=505 /);
    setHealthy(sides, true);
    const heard = await sides.same(/^203.0.113.11\/32 .* med=15 /);
    expect(heard[EXTERNAL]).toHaveLength(6);
    expect(heard[INTERNAL]).toHaveLength(6);
  });

  test('--withdraw-on-down, --rise and --fall', async () => {
    const sides = await start({
      script: healthcheck('--no-ip-setup --ip 203.0.113.10/32 --withdraw-on-down --rise 2 --fall 2'),
    });
    await sides.same(/^203.0.113.10\/32 via/);
    setHealthy(sides, false);
    await sides.same('203.0.113.10/32 withdrawn');
    setHealthy(sides, true);
    await sides.same(/^203.0.113.10\/32 via/);
  });

  test('--disable, its metric and community', async () => {
    const sides = await start({
      script: healthcheck(
        '--no-ip-setup --ip 203.0.113.10/32 --disable $DIR/off --disabled-metric 777 --community 65000:1 --disabled-community 65000:2',
      ),
    });
    await sides.same(/communities=\["65000:1"\] .*med=100 /);
    sides.both(({ directory }) => writeFileSync(join(directory, 'off'), ''));
    await sides.same(/communities=\["65000:2"\] .*med=777 /);
  });

  test('attributes: --community, --large-community, --extended-community, --local-preference, --next-hop', async () => {
    const sides = await start({
      script: healthcheck(
        '--no-ip-setup --ip 203.0.113.10/32 --next-hop 192.0.2.7 --community "65000:20 65000:10 no-export no-advertise" --large-community "65000:3:1 65000:1:2" --extended-community "target:65000:1 origin:65000:2" --local-preference 250',
      ),
    });
    const heard = await sides.same(/^203.0.113.10\/32 via 192.0.2.7 /, INTERNAL);
    expect(heard[INTERNAL]![0]).toContain('localPref=250');
    expect(heard[EXTERNAL]![0]).not.toContain('localPref');
  });

  test('attributes: --as-path, --up-as-path, --down-as-path are sent as they are', async () => {
    const sides = await start({
      script: healthcheck(
        '--no-ip-setup --ip 203.0.113.10/32 --as-path "65000" --up-as-path "65000 65010" --down-as-path "65000 65000 65000"',
      ),
    });
    await sides.same(/asPath=\[65000,65010\]|65010/);
    setHealthy(sides, false);
    await sides.same(/med=1000/);
  });

  test('IPv6, networks and --deaggregate-networks, --start-ip', async () => {
    const sides = await start({
      script: healthcheck(
        '--no-ip-setup --ip 2001:db8:5::10/127 --deaggregate-networks --start-ip 1 --next-hop 2001:db8::1',
      ),
    });
    await sides.same(/^2001:db8:5::1[01]\/128 via 2001:db8::1 /);
  });

  test('--neighbor announces to the neighbors that are named', async () => {
    const sides = await start({
      script: healthcheck(`--no-ip-setup --ip 203.0.113.10/32 --neighbor ${INTERNAL}`),
    });
    const heard = await sides.same(/^203.0.113.10\/32 via/, INTERNAL);
    expect(heard[EXTERNAL]).toEqual([]);
  });

  test('--neighbor twice, --path-id where ADD-PATH was not agreed, --no-ack', async () => {
    const sides = await start({
      script: healthcheck(
        `--no-ip-setup --no-ack --ip 203.0.113.10/32 --path-id 7 --neighbor ${INTERNAL} --neighbor ${EXTERNAL}`,
      ),
    });
    await sides.same(/^203.0.113.10\/32 via/, INTERNAL);
    await sides.same(/^203.0.113.10\/32 via/, EXTERNAL);
  });

  test('addresses on the loopback interface: --label, --dynamic-ip-setup, removed at the end', async () => {
    const sides = await start({
      // A long interval: the program loses its clean-up when the signal comes while it checks or announces.
      script: healthcheck(
        '--ip 203.0.113.10/32 --label web --dynamic-ip-setup --withdraw-on-down --interval 2',
      ),
    });
    const addresses = () => Promise.all(sides.sides.map(({ node }) => loopbackAddresses(node)));
    const on = [['203.0.113.10/32'], ['203.0.113.10/32']];
    await sides.same(/^203.0.113.10\/32 via/);
    await eventually(async () => expect(await addresses()).toEqual(on), { what: 'the address is there' });
    setHealthy(sides, false);
    await sides.same('203.0.113.10/32 withdrawn');
    await eventually(async () => expect(await addresses()).toEqual([[], []]), {
      what: 'the address is gone',
    });
    setHealthy(sides, true);
    await sides.same(/^203.0.113.10\/32 via/);
    const { bellhop } = sides.bellhop;
    expect(await bellhop!.command('show', 'processes')).toMatch(/watch +running/);
    const before = await commandsOf(bellhop!);
    await eventually(async () => expect(await commandsOf(bellhop!)).toBeGreaterThan(before), {
      what: 'the program has announced once more, and sleeps',
    });
    await bellhop!.stop();
    await eventually(async () => expect(await loopbackAddresses(sides.bellhop.node)).toEqual([]), {
      what: 'the program has cleaned up on SIGTERM',
    });
  });

  test('--config, --execute and its variants', async () => {
    const sides = await start({
      script: `cat > $DIR/check.conf <<END
# a comment
interval = 0.2
fast-interval = 0.1
rise = 1
fall = 1
no-ip-setup
ip = 203.0.113.10/32
command = test -e $DIR/up
execute = echo any \\$STATE >> $DIR/hooks
up-execute = echo up \\$STATE >> $DIR/hooks
down-execute = echo down \\$STATE >> $DIR/hooks
END
touch $DIR/up
exec /usr/bin/python3 -m exabgp healthcheck --no-syslog --config $DIR/check.conf`,
    });
    await sides.same(/med=100 /);
    setHealthy(sides, false);
    await sides.same(/med=1000 /);
    const hooks = sides.sides.map(({ node }) =>
      readFileSync(join(node.directory, 'hooks'), 'utf8').split('\n'),
    );
    for (const lines of hooks) expect(lines).toEqual(['up UP', 'any UP', 'down DOWN', 'any DOWN', '']);
  });

  test('kill -9 of the checker: the route is withdrawn at once, and comes back with the checker', async () => {
    const sides = await start({
      script: `echo $$ > $DIR/pid\n${healthcheck('--no-ip-setup --ip 203.0.113.10/32')}`,
    });
    await sides.same(/^203.0.113.10\/32 via/);
    const [{ pid }] = JSON.parse(await sides.bellhop.bellhop!.command('show', 'processes', '--json')) as [
      { pid: number },
    ];
    const since = Date.now();
    process.kill(pid, 'SIGKILL');
    await eventually(
      () => expect(sides.bellhop.heard()[EXTERNAL]?.at(-1)).toBe('203.0.113.10/32 withdrawn'),
      {
        what: 'withdrawn',
        interval: 2,
      },
    );
    console.log(`kill -9 of healthcheck to the withdrawal at the peer: ${Date.now() - since} ms`);
    expect(Date.now() - since).toBeLessThan(500);
    await eventually(() => expect(sides.bellhop.heard()[EXTERNAL]?.at(-1)).toMatch(/via/), {
      what: 'it is started again',
      timeout: 20_000,
    });
  });
});

/** A route dumper in shell: what `$DIR/routes` lists is announced, what is not any more is withdrawn. */
const FILE_ANNOUNCER = `: > $DIR/known
touch $DIR/routes
while :; do
  sort -u $DIR/routes > $DIR/wanted
  comm -13 $DIR/known $DIR/wanted | while read -r prefix rest; do
    echo "announce route $prefix next-hop self $rest"
  done
  comm -23 $DIR/known $DIR/wanted | while read -r prefix rest; do
    grep -q "^$prefix" $DIR/wanted || echo "withdraw route $prefix next-hop self"
  done
  mv $DIR/wanted $DIR/known
  sleep 0.1
done`;

/** Reads events, keeps what is announced and withdrawn, and announces a summary route while there is a route. */
const EVENT_READER = `import json, os, sys
table = set()
said = False
log = open(os.path.join(os.environ["DIR"], "events"), "w")
while True:
    line = sys.stdin.readline()
    if not line:
        break
    line = line.strip()
    if not line.startswith("{"):
        continue
    event = json.loads(line)
    if event["neighbor"]["address"]["peer"] != "127.0.0.2":
        continue
    log.write(line + "\\n")
    log.flush()
    neighbor = event.get("neighbor", {})
    if event["type"] == "state" and neighbor.get("state") == "down":
        table.clear()
    if event["type"] == "update":
        update = neighbor["message"].get("update", {})
        for hops in update.get("announce", {}).values():
            for routes in hops.values():
                table.update(route["nlri"] for route in routes)
        for routes in update.get("withdraw", {}).values():
            table.difference_update(route["nlri"] for route in routes)
    if bool(table) != said:
        said = bool(table)
        verb = "announce" if said else "withdraw"
        sys.stdout.write(verb + " attributes next-hop self med %d nlri 192.0.2.0/25 192.0.2.128/25\\n" % len(table))
        sys.stdout.flush()
`;

/** UPDATEs of the external peer: two routes with many attributes, an IPv6 route, a withdrawal, End-of-RIB. */
const UPDATES = [
  // 203.0.113.0/24 and 198.51.100.0/24: AS_PATH 65001 65009, MED 7, communities 65001:1 65001:2, a large, a route target.
  updateMessage(
    '18cb007118c63364',
    '80040400000007c00808fde90001fde90002c0100800020000fde90001c0200c0000fde90000000100000002',
    65001,
  ),
  updateMessage('18c63364', '400600', 65001),
  // 198.51.100.0/24 is withdrawn.
  message(UPDATE, '000418c633640000'),
  message(UPDATE, '00000000'),
];

describeLab('third-party programs', [exabgp], () => {
  test('a shell script that announces what a file lists', async () => {
    const sides = await start({ script: FILE_ANNOUNCER });
    const write = (...lines: readonly string[]): void =>
      sides.both(({ directory }) => writeFileSync(join(directory, 'routes'), `${lines.join('\n')}\n`));
    write('192.0.2.0/24 med 5', '198.51.100.0/24 community [65000:7]');
    await sides.same(/^198.51.100.0\/24 via/);
    write('192.0.2.0/24 med 6', '198.51.100.0/24 community [65000:7]');
    await sides.same(/^192.0.2.0\/24 .*med=6 /);
    write('192.0.2.0/24 med 6');
    await sides.same('198.51.100.0/24 withdrawn');
    write(
      '192.0.2.0/24 med 6',
      '10.0.0.0/22 split /23 origin incomplete aggregator (65000:10.0.0.9) atomic-aggregate',
    );
    await sides.same(/^10.0.2.0\/23 via .*incomplete/);
  });

  test('a script that announces while the sessions come up: no route is lost between the table and the changes', async () => {
    const sides = await start({
      script: `seq 0 199 | while read -r i; do echo "announce route 192.0.2.$i/32 next-hop self med $i"; sleep 0.005; done
exec sleep 600`,
    });
    const heard = await sides.same(/^192.0.2.199\/32 via .*med=199 /);
    expect(heard[EXTERNAL]).toHaveLength(200);
    expect(heard[INTERNAL]).toHaveLength(200);
  });

  test('a Python program that reads JSON events sees the same, and answers with the same routes', async () => {
    const script = `cat > $DIR/reader.py <<'END'\n${EVENT_READER}END\nexec /usr/bin/python3 $DIR/reader.py`;
    const sides = await start({ script, encoder: 'json', events: true, updates: UPDATES });
    await sides.same(/^192.0.2.128\/25 via .*med=2/);
    const seen = (): unknown[][] =>
      sides.sides.map(({ node }) =>
        readFileSync(join(node.directory, 'events'), 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => eventOf(JSON.parse(line) as Record<string, unknown>)),
      );
    await eventually(
      () => {
        const [ours, theirs] = seen();
        expect(theirs!.length).toBeGreaterThanOrEqual(6);
        expect(ours).toEqual(theirs);
      },
      { what: 'the same events' },
    );
  });
});

/** An event without what differs from daemon to daemon: time, host, process numbers, and the text of the community. */
function eventOf({ time, host, pid, ppid, counter, ...rest }: Record<string, unknown>): unknown {
  expect([typeof time, typeof host, typeof pid, typeof ppid, typeof counter]).toEqual([
    'number',
    'string',
    'number',
    'number',
    'number',
  ]);
  return JSON.parse(JSON.stringify(rest).replace(/"string":"[^"]*"/g, '"string":""'));
}
