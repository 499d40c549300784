/** Ask 7 (MetalLB #808, #1388, #1): AS_PATH, MED and weight of a VIP, different from node to node and router to router. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bird } from '../interop/lab/bird.ts';
import { frr } from '../interop/lab/frr.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually, run } from '../interop/lab/process.ts';
import { rack, TOR } from '../interop/lab/rack.ts';

/** Two times our own AS more for one VIP; the rest is as it would be. */
const LONGER = JSON.parse(
  '[{"match": {"prefix": "203.0.113.3/32"}, "set": {"prepend": {"as": "own", "count": 2}}, "then": "accept"}, {"match": {"source": "local"}, "then": "accept"}]',
) as object[];

describeLab('ask 7: attributes for each VIP and each neighbor', [bird, frr], () => {
  test('MED, communities and weight for each VIP; a longer path for one of them at this neighbor alone', async () => {
    await using subject = await rack(
      bird,
      [
        { name: 'plain', addresses: ['203.0.113.1'] },
        {
          name: 'second-choice',
          addresses: ['203.0.113.2'],
          announce: { med: 50, communities: ['65000:2'], 'large-communities': ['65000:1:2'] },
        },
        { name: 'far', addresses: ['203.0.113.3'] },
        { name: 'elsewhere', addresses: ['203.0.113.4'], announce: { peers: [] } },
      ],
      {
        neighbor: { export: 'longer' },
        more: {
          policies: {
            longer: LONGER,
          },
        },
      },
    );
    await subject.has('203.0.113.1/32', '203.0.113.2/32', '203.0.113.3/32');
    expect(await subject.route('203.0.113.1/32')).toMatchObject({ asPath: [65000], communities: [] });
    expect(await subject.route('203.0.113.2/32')).toMatchObject({
      asPath: [65000],
      med: 50,
      communities: ['65000:2'],
      largeCommunities: ['65000:1:2'],
    });
    expect(await subject.route('203.0.113.3/32')).toMatchObject({ asPath: [65000, 65000, 65000] });
    expect(await subject.bellhop.command('show', 'routes', '--advertised', TOR)).not.toContain('203.0.113.4');
  });

  test('link-bandwidth: FRR sees the weight of this node', async () => {
    await using subject = await rack(frr, [
      { name: 'big', addresses: ['203.0.113.1'], announce: { 'link-bandwidth': '10G' } },
    ]);
    await subject.has('203.0.113.1/32');
    const shown = await eventually(
      () =>
        run('vtysh', [
          '--vty_socket',
          join(subject.router.directory, 'frr'),
          '-d',
          'bgpd',
          '-c',
          'show bgp ipv4 unicast 203.0.113.1/32 json',
        ]),
      { what: 'FRR answers' },
    );
    expect(shown).toMatch(/LB:65000:1250000000 \(10\.000 Gbps\)/);
  });
});
