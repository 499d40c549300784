/**
 * Four export policies in three languages each. FEEDER and LOCAL stand for the two ends of the cable that routes come in
 * on, RECEIVER and OUT for those of the cable that they leave by.
 *
 * Over 300 lines of policies: each in three languages, to be read side by side.
 */
import { BOGONS, FEEDER_AS, OWN_AS } from './policy-parity.ts';

export interface ExportParityPolicy {
  readonly name: string;
  /** Number of the 10,000 routes that are at least announced, and at least kept back. */
  readonly atLeast: number;
  readonly receiverAs: number;
  readonly bellhop: string;
  readonly bird: string;
  readonly frr: string;
}

function inBellhop(receiverAs: number, session: string, rest: string): string {
  return `as: ${OWN_AS}
router-id: 10.97.255.2
listen: []
neighbors:
  - { address: FEEDER, peer-as: ${FEEDER_AS}, connect-retry: 1s, import: accept, export: reject }
  - { address: RECEIVER, peer-as: ${receiverAs}, local-address: OUT, connect-retry: 1s, import: reject, export: told${session} }
${rest}`;
}

function inBird(receiverAs: number, session: string, channel: string, filter: string): string {
  return `log stderr all;
router id 10.97.255.3;
protocol device {}
define BOGONS = [ ${BOGONS.map((prefix) => `${prefix}+`).join(', ')} ];
filter told
int set privates;
{
  privates = [ 64512..65534, 4200000000..4294967294 ];
${filter}}
protocol bgp feeder {
  local LOCAL as ${OWN_AS};
  neighbor FEEDER as ${FEEDER_AS};
  direct;
  connect delay time 1;
  ipv4 { import all; export none; };
}
protocol bgp receiver {
  local OUT as ${OWN_AS};
  neighbor RECEIVER as ${receiverAs};
  direct;
  connect delay time 1;
  ${session}
  ipv4 { import none; export filter told; ${channel} };
}
`;
}

function inFrr(receiverAs: number, session: string, lists: string): string {
  const bogons = BOGONS.map((prefix) => `ip prefix-list bogons permit ${prefix} le 32\n`).join('');
  return `frr defaults datacenter
${bogons}ip prefix-list specific permit 0.0.0.0/0 ge 25
bgp community-list expanded own permit ^65000:
bgp large-community-list expanded ownlarge permit ^65000:
${lists}
route-map none deny 10
exit
router bgp ${OWN_AS}
 bgp router-id 10.97.255.4
 no bgp ebgp-requires-policy
 neighbor FEEDER remote-as ${FEEDER_AS}
 neighbor FEEDER timers connect 1
 neighbor RECEIVER remote-as ${receiverAs}
 neighbor RECEIVER timers 60 180
 neighbor RECEIVER timers connect 1
 address-family ipv4 unicast
  neighbor FEEDER activate
  neighbor FEEDER route-map none out
  neighbor RECEIVER activate
  neighbor RECEIVER route-map none in
  neighbor RECEIVER route-map told out
${session}
 exit-address-family
exit
`;
}

const transit: ExportParityPolicy = {
  name: 'to transit: prepended and with a MED by community, private numbers and our communities taken out',
  atLeast: 1000,
  receiverAs: 3999,
  bellhop: inBellhop(
    3999,
    ', remove-private-as: all',
    `
policies:
  told:
    - { match: { prefix-set: bogons }, then: reject }
    - { match: { prefix-length: ">= 25" }, then: reject }
    - { match: { community: "3000:666" }, then: reject }
    - { match: { community: "65000:80" }, set: { prepend: { as: own, count: 2 }, med: 20 } }
    - { match: { community: { all: ["65000:120"], none: ["65000:80"] } }, set: { med: 10 } }
    - { match: { origin: incomplete, as-path-contains: 13335 }, then: reject }
    - set: { community: { remove: ["65000:*", "65000:*:*"] } }
    - { set: { community: { add: ["65000:1", "65000:9:9"] } }, then: accept }
`,
  ),
  bird: inBird(
    3999,
    '',
    '',
    `  if net ~ BOGONS || net.len >= 25 || (3000,666) ~ bgp_community then reject;
  if bgp_origin = ORIGIN_INCOMPLETE && bgp_path ~ [13335] then reject;
  bgp_path.delete(privates);
  if (65000,80) ~ bgp_community then {
    bgp_path.prepend(${OWN_AS});
    bgp_path.prepend(${OWN_AS});
    bgp_med = 20;
  }
  else if (65000,120) ~ bgp_community then bgp_med = 10;
  bgp_community.delete([(65000,*)]);
  bgp_large_community.delete([(65000,*,*)]);
  bgp_community.add((65000,1));
  bgp_large_community.add((65000,9,9));
  accept;
`,
  ),
  frr: inFrr(
    3999,
    '  neighbor RECEIVER remove-private-AS all',
    `bgp community-list standard blackhole permit 3000:666
bgp community-list standard low permit 65000:80
bgp community-list standard medium permit 65000:120
bgp as-path access-list cloud permit _13335_
route-map told deny 10
 match ip address prefix-list bogons
exit
route-map told deny 20
 match ip address prefix-list specific
exit
route-map told deny 30
 match community blackhole
exit
route-map told deny 40
 match origin incomplete
 match as-path cloud
exit
route-map told permit 50
 match community low
 set as-path prepend ${OWN_AS} ${OWN_AS}
 set metric 20
 on-match goto 70
exit
route-map told permit 60
 match community medium
 set metric 10
 on-match next
exit
route-map told permit 70
 set comm-list own delete
 set large-comm-list ownlarge delete
 on-match next
exit
route-map told permit 80
 set community 65000:1 additive
 set large-community 65000:9:9 additive
exit
`,
  ),
};

const customer: ExportParityPolicy = {
  name: 'to a customer: the table without blackholes, marked by origin, some of it not for others',
  atLeast: 1000,
  receiverAs: 3999,
  bellhop: inBellhop(
    3999,
    '',
    `
policies:
  told:
    - { match: { any: [{ prefix-set: bogons }, { prefix-length: "> 24" }] }, then: reject }
    - { match: { community: ["65000:666", "3000:666"] }, then: reject }
    - { match: { as-path-length: "> 20" }, then: reject }
    - { match: { as-path: "_3356_4999_" }, set: { community: { add: ["65000:4999"] } } }
    - { match: { community: "large:65000:1:7" }, set: { community: { add: no-export } } }
    - { match: { origin-as: 174 }, set: { origin: incomplete, med: 77 } }
    - { match: { neighbor-as: 3000, community-count: 0 }, set: { community: { set: ["3000:3000", "3000:1:1"] } } }
    - { then: accept }
`,
  ),
  bird: inBird(
    3999,
    '',
    '',
    `  if net ~ BOGONS || net.len > 24 || bgp_path.len > 20 then reject;
  if bgp_community ~ [(65000,666), (3000,666)] then reject;
  bool bare = bgp_community.len = 0;
  if bgp_path ~ [= * 3356 4999 * =] then { bgp_community.add((65000,4999)); bare = false; }
  if (65000,1,7) ~ bgp_large_community then { bgp_community.add((65535,65281)); bare = false; }
  if bgp_path.last = 174 then { bgp_origin = ORIGIN_INCOMPLETE; bgp_med = 77; }
  if bare then {
    bgp_community.add((3000,3000));
    bgp_large_community.empty;
    bgp_large_community.add((3000,1,1));
  }
  accept;
`,
  ),
  frr: inFrr(
    3999,
    '',
    `bgp community-list standard refused permit 65000:666
bgp community-list standard refused permit 3000:666
bgp community-list expanded some permit .+
bgp as-path access-list long permit ^([0-9]+ ){20}
bgp as-path access-list far permit _3356 4999_
bgp as-path access-list cogent permit _174$
bgp large-community-list standard quiet permit 65000:1:7
route-map told deny 10
 match ip address prefix-list bogons
exit
route-map told deny 20
 match ip address prefix-list specific
exit
route-map told deny 30
 match community refused
exit
route-map told deny 40
 match as-path long
exit
route-map told permit 50
 match as-path far
 set community 65000:4999 additive
 on-match next
exit
route-map told permit 60
 match large-community quiet
 set community no-export additive
 on-match next
exit
route-map told permit 70
 match as-path cogent
 set origin incomplete
 set metric 77
 on-match next
exit
route-map told permit 80
 match community some
exit
route-map told permit 90
 set community 3000:3000
 set large-community 3000:1:1
exit
`,
  ),
};

const routeServer: ExportParityPolicy = {
  name: 'route server: path, MED and next hop untouched, announce control by community',
  atLeast: 1000,
  receiverAs: 3999,
  bellhop: inBellhop(
    3999,
    ', route-server-client: true',
    `
community-sets: { control: ["65000:*", "65000:*:*"] }
policies:
  told:
    - { match: { any: [{ prefix-set: bogons }, { prefix-length: "> 24" }] }, then: reject }
    - { match: { community: "large:65000:0:65000" }, then: reject }
    - { match: { community: "65000:7" }, then: reject }
    - { match: { community: "65000:80" }, set: { prepend: { as: last, count: 1 } } }
    - { set: { community: { remove: control } }, then: accept }
`,
  ),
  bird: inBird(
    3999,
    'rs client;',
    'next hop keep;',
    `  if net ~ BOGONS || net.len > 24 then reject;
  if (65000,0,65000) ~ bgp_large_community || (65000,7) ~ bgp_community then reject;
  if (65000,80) ~ bgp_community then bgp_path.prepend(bgp_path.first);
  # Without this BIRD sends no MED that it has not set.
  if defined(bgp_med) then bgp_med = bgp_med;
  bgp_community.delete([(65000,*)]);
  bgp_large_community.delete([(65000,*,*)]);
  accept;
`,
  ),
  frr: inFrr(
    3999,
    // Without the second line FRR keeps the MED from its clients.
    `  neighbor RECEIVER route-server-client
  neighbor RECEIVER attribute-unchanged as-path next-hop med`,
    `bgp large-community-list standard nobody permit 65000:0:65000
bgp community-list standard refused permit 65000:7
bgp community-list standard longer permit 65000:80
route-map told deny 10
 match ip address prefix-list bogons
exit
route-map told deny 20
 match ip address prefix-list specific
exit
route-map told deny 30
 match large-community nobody
exit
route-map told deny 40
 match community refused
exit
route-map told permit 50
 match community longer
 set as-path prepend last-as 1
 on-match next
exit
route-map told permit 60
 set comm-list own delete
 set large-comm-list ownlarge delete
exit
`,
  ),
};

const internal: ExportParityPolicy = {
  name: 'to an internal peer: LOCAL_PREF and MED travel, the next hop is ours',
  atLeast: 500,
  receiverAs: OWN_AS,
  bellhop: inBellhop(
    OWN_AS,
    ', next-hop: self',
    `
policies:
  told:
    - { match: { prefix-length: "<= 16" }, then: reject }
    - { match: { community: "65000:80" }, set: { local-pref: 80 } }
    - { match: { community: { all: ["65000:120"], none: ["65000:80"] } }, set: { local-pref: 120, med: "+5" } }
    - { then: accept }
`,
  ),
  bird: inBird(
    OWN_AS,
    '',
    'next hop self;',
    `  if net.len <= 16 then reject;
  if (65000,80) ~ bgp_community then bgp_local_pref = 80;
  else if (65000,120) ~ bgp_community then {
    bgp_local_pref = 120;
    if defined(bgp_med) then bgp_med = bgp_med + 5; else bgp_med = 5;
  }
  accept;
`,
  ),
  frr: inFrr(
    OWN_AS,
    '  neighbor RECEIVER next-hop-self',
    `ip prefix-list broad permit 0.0.0.0/0 le 16
bgp community-list standard low permit 65000:80
bgp community-list standard medium permit 65000:120
route-map told deny 10
 match ip address prefix-list broad
exit
route-map told permit 20
 match community low
 set local-preference 80
exit
route-map told permit 30
 match community medium
 set local-preference 120
 set metric +5
exit
route-map told permit 40
exit
`,
  ),
};

/** The policies that are compared. */
export const EXPORT_PARITY_POLICIES: readonly ExportParityPolicy[] = [
  transit,
  customer,
  routeServer,
  internal,
];
