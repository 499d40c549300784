/**
 * Link-local sessions with a zone (RFC 2545, RFC 8950): no global address on the link is needed, IPv4 routes have IPv6
 * next hops. BIRD writes `::` in front of its link-local next hop, FRR repeats it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBellhop } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { describeLab } from './lab/guard.ts';
import { Lab } from './lab/namespaces.ts';
import type { PeerDaemon } from './lab/peer.ts';
import { eventually } from './lab/process.ts';

const OURS = 'fe80::1';
const THEIRS = 'fe80::2';

const BIRD = `
log stderr all;
router id 10.0.0.2;
protocol device {}
protocol static { ipv4; route 198.51.100.0/24 blackhole; }
protocol static { ipv6; route 2001:db8:2::/48 blackhole; }
protocol bgp bellhop {
  local ${THEIRS} as 65001;
  neighbor ${OURS}%eth1 as 65000;
  connect delay time 1;
  ipv4 { import all; export where source = RTS_STATIC; extended next hop yes; };
  ipv6 { import all; export where source = RTS_STATIC; };
}
`;

const FRR = `
router bgp 65001
 bgp router-id 10.0.0.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${OURS} remote-as 65000
 neighbor ${OURS} interface eth1
 neighbor ${OURS} update-source eth1
 neighbor ${OURS} capability extended-nexthop
 address-family ipv4 unicast
  network 198.51.100.0/24
 exit-address-family
 address-family ipv6 unicast
  neighbor ${OURS} activate
  network 2001:db8:2::/48
 exit-address-family
`;

const CASES: readonly (readonly [PeerDaemon, string])[] = [
  [bird, BIRD],
  [frr, FRR],
];

for (const [daemon, config] of CASES) {
  describeLab(`link-local session with ${daemon.name}`, [daemon], () => {
    test('routes of both families, with the link-local next hop', { timeout: 60_000 }, async () => {
      const lab = new Lab();
      try {
        const ours = await lab.node('bellhop');
        const theirs = await lab.node('peer');
        await lab.connect(
          { node: ours, interface: 'eth1', addresses: [`${OURS}/64`] },
          { node: theirs, interface: 'eth1', addresses: [`${THEIRS}/64`] },
        );
        const file = join(theirs.directory, 'peer.conf');
        writeFileSync(file, config);
        const peer = await daemon.startFile(theirs, file);
        const neighbor = `${THEIRS}%eth1`;
        const bellhop = await startBellhop(ours, {
          as: 65000,
          'router-id': '10.0.0.1',
          neighbors: [
            {
              address: neighbor,
              'peer-as': 65001,
              'local-address': `${OURS}%eth1`,
              families: ['ipv4-unicast', 'ipv6-unicast'],
              'connect-retry': 1,
              'idle-hold-time': 1,
              import: 'accept',
              export: 'accept',
            },
          ],
          networks: [{ prefix: '192.0.2.0/24' }, { prefix: '2001:db8:1::/48' }],
        });
        await eventually(
          async () => {
            const accepted = (await bellhop.routes({ received: neighbor })).filter((one) => one.accepted);
            expect(accepted.map(({ prefix }) => prefix).sort()).toEqual([
              '198.51.100.0/24',
              '2001:db8:2::/48',
            ]);
            for (const route of accepted) expect([route.nextHop, route.nextHopLinkLocal]).toContain(THEIRS);
            for (const [family, prefix] of [
              ['ipv4-unicast', '192.0.2.0/24'],
              ['ipv6-unicast', '2001:db8:1::/48'],
            ] as const) {
              const route = (await peer.routes(family)).find((one) => one.prefix === prefix);
              expect(route, `${prefix} at ${daemon.name}`).toMatchObject({ asPath: [65000] });
            }
            expect((await bellhop.neighbor(neighbor)).updateErrors.treatAsWithdraw).toBe(0);
          },
          { what: 'routes are exchanged', timeout: 30_000, processes: [bellhop.process, peer.process] },
        );
      } finally {
        await lab.destroy();
      }
    });
  });
}
