/** The layouts of other tools: the columns at which scripts cut. */
import { expect, test } from 'vitest';
import { SKIN_BY_NAME } from '../../src/cli/skins/index.ts';
import { daemonStatus, FakeSpeaker, neighborStatus, routeEntry } from '../api/fake-speaker.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const summary = {
  status: daemonStatus(new FakeSpeaker()),
  neighbors: [
    neighborStatus(),
    neighborStatus({
      address: '192.0.2.3',
      peerAs: 65003,
      state: 'Active',
      families: [],
      description: undefined,
    }),
  ],
};
const routes = [
  routeEntry({ med: 5 }),
  routeEntry({
    best: false,
    peer: '192.0.2.3',
    nextHop: '192.0.2.3',
    asPath: '65003 65010',
    communities: [],
  }),
  routeEntry({ prefix: '2001:db8::/32', family: 'ipv6-unicast', peer: 'local', nextHop: 'self', asPath: '' }),
];

test('gobgp: neighbor and global rib', () => {
  expect(SKIN_BY_NAME.gobgp.summary(summary, NOW)).toBe(`\
Peer         AS  Up/Down State       |#Received  Accepted
192.0.2.2 65002 00:01:02 Establ      |       12        11
192.0.2.3 65003    never Active      |        0         0
`);
  expect(SKIN_BY_NAME.gobgp.routes(routes)).toBe(`\
   Network              Next Hop             AS_PATH              Age        Attrs
*> 203.0.113.0/24       192.0.2.2            65002 65010          -          [{Origin: i} {Med: 5} {LocalPref: 100} {Communities: 65002:100}]
*  203.0.113.0/24       192.0.2.3            65003 65010          -          [{Origin: i} {LocalPref: 100}]
*> 2001:db8::/32        self                                      -          [{Origin: i} {LocalPref: 100} {Communities: 65002:100}]
`);
  expect(SKIN_BY_NAME.gobgp.routes([])).toBe('Network not in table\n');
});

test('frr: show bgp summary and show bgp', () => {
  expect(SKIN_BY_NAME.frr.summary(summary, NOW)).toBe(`\
IPv4 Unicast Summary:
BGP router identifier 192.0.2.1, local AS number 65001 VRF default vrf-id 0
BGP table version 0
RIB entries 1, using 0 bytes of memory
Peers 1, using 0 KiB of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
192.0.2.2       4      65002        12        11        0    0    0 00:01:02           11        3 upstream

Total number of neighbors 1
`);
  expect(SKIN_BY_NAME.frr.routes(routes)).toBe(`\
    Network          Next Hop            Metric LocPrf Weight Path
 *> 203.0.113.0/24   192.0.2.2                5    100      0 65002 65010 i
 *                   192.0.2.3                     100      0 65003 65010 i
 *> 2001:db8::/32    0.0.0.0                       100  32768 i

Displayed 3 total paths
`);
});

test('birdc: show protocols and show route', () => {
  expect(SKIN_BY_NAME.birdc.summary(summary, NOW)).toBe(`\
Name       Proto      Table      State  Since         Info
192.0.2.2  BGP        ---        up     11:58:58.000  Established
192.0.2.3  BGP        ---        start  ---           Active
`);
  expect(SKIN_BY_NAME.birdc.routes(routes)).toBe(`\
Table master4:
203.0.113.0/24       unicast [192.0.2.2 -] * (100) [AS65010i]
\tvia 192.0.2.2
                     unicast [192.0.2.3 -] (100) [AS65010i]
\tvia 192.0.2.3

Table master6:
2001:db8::/32        unicast [local -] * (100) [i]
\tblackhole
`);
});
