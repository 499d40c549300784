/**
 * Three import policies in three languages each. FEEDER and LOCAL stand for the addresses of the two ends.
 *
 * Over 300 lines of policies: each in three languages, to be read side by side.
 */

/** The AS that all routes come from, and ours. */
export const FEEDER_AS = 3000;
export const OWN_AS = 65000;

export interface ParityPolicy {
  readonly name: string;
  /** Number of the 10,000 routes that are at least accepted, and at least rejected. */
  readonly atLeast: number;
  readonly bellhop: string;
  readonly bird: string;
  readonly frr: string;
}

export const BOGONS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

function inBellhop(rest: string): string {
  return `as: ${OWN_AS}
router-id: 10.97.255.2
listen: []
neighbors:
  - { address: FEEDER, peer-as: ${FEEDER_AS}, hold-time: 60s, connect-retry: 1s, import: feed, export: reject }
${rest}`;
}

function inBird(filter: string): string {
  return `log stderr all;
router id 10.97.255.3;
protocol device {}
define BOGONS = [ ${BOGONS.map((prefix) => `${prefix}+`).join(', ')} ];
filter feed
int set privates;
{
  privates = [ 64512..65534, 4200000000..4294967294 ];
${filter}}
protocol bgp feeder {
  local LOCAL as ${OWN_AS};
  neighbor FEEDER as ${FEEDER_AS};
  direct;
  connect delay time 1;
  ipv4 { import filter feed; export none; };
}
`;
}

function inFrr(lists: string): string {
  const bogons = BOGONS.map((prefix) => `ip prefix-list bogons permit ${prefix} le 32\n`).join('');
  return `frr defaults datacenter
${bogons}${lists}
route-map none deny 10
exit
router bgp ${OWN_AS}
 bgp router-id 10.97.255.4
 no bgp ebgp-requires-policy
 neighbor FEEDER remote-as ${FEEDER_AS}
 neighbor FEEDER timers connect 1
 address-family ipv4 unicast
  neighbor FEEDER activate
  neighbor FEEDER route-map feed in
  neighbor FEEDER route-map none out
 exit-address-family
exit
`;
}

const transit: ParityPolicy = {
  name: 'transit: no bogons, nothing too specific or too long, our communities are ours',
  atLeast: 1000,
  bellhop: inBellhop(`
policies:
  feed:
    - { match: { prefix-set: bogons }, then: reject }
    - { match: { prefix-length: ">= 25" }, then: reject }
    - { match: { as-path-length: "> 20" }, then: reject }
    - { match: { as-path-contains: private-asns }, then: reject }
    - set: { community: { remove: ["65000:*", "65000:*:*"] } }
    - match: { community: "3000:666" }
      set: { local-pref: 80, community: { add: [no-export] } }
      then: accept
    - set: { local-pref: 90, community: { add: ["65000:100", "65000:1:3000"] } }
      then: accept
`),
  bird: inBird(`  if net ~ BOGONS then reject;
  if net.len >= 25 then reject;
  if bgp_path.len > 20 then reject;
  if bgp_path ~ privates then reject;
  bgp_community.delete([(65000,*)]);
  bgp_large_community.delete([(65000,*,*)]);
  if (3000,666) ~ bgp_community then {
    bgp_local_pref = 80;
    bgp_community.add((65535,65281));
    accept;
  }
  bgp_local_pref = 90;
  bgp_community.add((65000,100));
  bgp_large_community.add((65000,1,3000));
  accept;
`),
  frr: inFrr(`ip prefix-list specific permit 0.0.0.0/0 ge 25
bgp as-path access-list long permit ^([0-9]+ ){20}
bgp as-path access-list private permit _(6451[2-9]|645[2-9][0-9]|64[6-9][0-9][0-9]|65[0-4][0-9][0-9]|655[0-2][0-9]|6553[0-4])_
bgp community-list expanded own permit ^65000:
bgp community-list standard blackhole permit 3000:666
bgp large-community-list expanded ownlarge permit ^65000:
route-map feed deny 10
 match ip address prefix-list bogons
exit
route-map feed deny 20
 match ip address prefix-list specific
exit
route-map feed deny 30
 match as-path long
exit
route-map feed deny 40
 match as-path private
exit
route-map feed permit 50
 set comm-list own delete
 set large-comm-list ownlarge delete
 on-match next
exit
route-map feed permit 60
 match community blackhole
 set local-preference 80
 set community no-export additive
exit
route-map feed permit 70
 set local-preference 90
 set community 65000:100 additive
 set large-community 65000:1:3000 additive
exit
`),
};

const customer: ParityPolicy = {
  name: 'customer: its prefixes and its AS alone, preference by community',
  atLeast: 50,
  bellhop: inBellhop(`
prefix-sets: { customer: [45.0.0.0/10 le 24, 45.128.0.0/9 ge 20 le 23, 80.0.0.0/8 ge 18 le 24] }
as-path-sets: { customer: ["^3000(_3000)*(_4999)*$"] }
policies:
  feed:
    - { match: { not: { prefix-set: customer } }, then: reject }
    - { match: { not: { as-path-set: customer } }, then: reject }
    - { set: { local-pref: 150, med: +50 } }
    - { match: { community: "65000:80" }, set: { local-pref: 80 } }
    - { match: { community: { all: ["65000:120"], none: ["65000:80"] } }, set: { local-pref: 120 } }
    - { match: { community: "65000:7" }, set: { prepend: { as: 3000, count: 2 } } }
    - { set: { community: { remove: ["65000:*"] }, origin: igp }, then: accept }
`),
  bird: inBird(`  if net !~ [ 45.0.0.0/10{10,24}, 45.128.0.0/9{20,23}, 80.0.0.0/8{18,24} ] then reject;
  if bgp_path !~ [= 3000+ =] && bgp_path !~ [= 3000+ 4999+ =] then reject;
  bgp_local_pref = 150;
  if defined(bgp_med) then bgp_med = bgp_med + 50; else bgp_med = 50;
  if (65000,80) ~ bgp_community then bgp_local_pref = 80;
  else if (65000,120) ~ bgp_community then bgp_local_pref = 120;
  if (65000,7) ~ bgp_community then { bgp_path.prepend(3000); bgp_path.prepend(3000); }
  bgp_community.delete([(65000,*)]);
  bgp_origin = ORIGIN_IGP;
  accept;
`),
  frr: inFrr(`ip prefix-list customer permit 45.0.0.0/10 le 24
ip prefix-list customer permit 45.128.0.0/9 ge 20 le 23
ip prefix-list customer permit 80.0.0.0/8 ge 18 le 24
bgp as-path access-list customer permit ^3000(_3000)*(_4999)*$
bgp community-list expanded own permit ^65000:
bgp community-list standard low permit 65000:80
bgp community-list standard medium permit 65000:120
bgp community-list standard longer permit 65000:7
route-map feed permit 10
 match ip address prefix-list customer
 match as-path customer
 set local-preference 150
 set metric +50
 set origin igp
 on-match next
exit
route-map feed permit 20
 match ip address prefix-list customer
 match as-path customer
 match community medium
 set local-preference 120
 on-match next
exit
route-map feed permit 30
 match ip address prefix-list customer
 match as-path customer
 match community low
 set local-preference 80
 on-match next
exit
route-map feed permit 40
 match ip address prefix-list customer
 match as-path customer
 match community longer
 set as-path prepend 3000 3000
 set comm-list own delete
 on-match goto 60
exit
route-map feed permit 50
 match ip address prefix-list customer
 match as-path customer
 set comm-list own delete
exit
route-map feed deny 55
exit
route-map feed permit 60
exit
`),
};

const routeServer: ParityPolicy = {
  name: 'route server: announce control by community, scrubbed and marked',
  atLeast: 1000,
  bellhop: inBellhop(`
as-sets: { refused: [13335] }
community-sets: { control: ["65000:*", "65000:*:*"] }
policies:
  feed:
    - match: { any: [{ prefix-set: bogons }, { prefix-length: "> 24" }, { neighbor-as: 1-2999 }] }
      then: reject
    - { match: { community: "large:65000:0:65000" }, then: reject }
    - { match: { origin-as: refused, origin: [igp, egp] }, then: reject }
    - { set: { community: { remove: control } } }
    - { match: { community: ["174:*", "3356:100-199"] }, set: { local-pref: 110, community: { add: ["65000:2:2"] } }, then: accept }
    - { match: { not: { origin: incomplete } }, then: accept }
`),
  bird: inBird(`  if net ~ BOGONS || net.len > 24 || bgp_path.first < 3000 then reject;
  if (65000,0,65000) ~ bgp_large_community then reject;
  if bgp_path.last = 13335 && bgp_origin != ORIGIN_INCOMPLETE then reject;
  bgp_community.delete([(65000,*)]);
  bgp_large_community.delete([(65000,*,*)]);
  if bgp_community ~ [(174,*), (3356,100..199)] then {
    bgp_local_pref = 110;
    bgp_large_community.add((65000,2,2));
    accept;
  }
  if bgp_origin != ORIGIN_INCOMPLETE then accept;
  reject;
`),
  frr: inFrr(`ip prefix-list specific permit 0.0.0.0/0 ge 25
bgp as-path access-list low permit ^[12]?[0-9]{1,3}_
bgp as-path access-list refused permit _13335$
bgp large-community-list standard nobody permit 65000:0:65000
bgp community-list expanded own permit ^65000:
bgp large-community-list expanded ownlarge permit ^65000:
bgp community-list expanded marked permit _174:
bgp community-list expanded marked permit _3356:1[0-9][0-9]_
route-map feed deny 10
 match ip address prefix-list bogons
exit
route-map feed deny 20
 match ip address prefix-list specific
exit
route-map feed deny 30
 match as-path low
exit
route-map feed deny 40
 match large-community nobody
exit
route-map feed deny 50
 match as-path refused
 match origin igp
exit
route-map feed deny 60
 match as-path refused
 match origin egp
exit
route-map feed permit 70
 set comm-list own delete
 set large-comm-list ownlarge delete
 on-match next
exit
route-map feed permit 80
 match community marked
 set local-preference 110
 set large-community 65000:2:2 additive
exit
route-map feed permit 90
 match origin igp
exit
route-map feed permit 100
 match origin egp
exit
`),
};

/** The policies that are compared. */
export const PARITY_POLICIES: readonly ParityPolicy[] = [transit, customer, routeServer];
