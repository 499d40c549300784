/** tshark as a reader of BGP messages: what it decodes of each, as lists of text. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pcapOf } from './pcap.ts';
import { run } from './process.ts';

export const TSHARK = '/usr/bin/tshark';

const ATTRIBUTE = 'bgp.update.path_attribute';

/** Our names for its fields. */
const FIELDS = {
  type: 'bgp.type',
  malformed: '_ws.malformed',
  version: 'bgp.open.version',
  openAs: 'bgp.open.myas',
  holdTime: 'bgp.open.holdtime',
  identifier: 'bgp.open.identifier',
  origin: `${ATTRIBUTE}.origin`,
  as2: `${ATTRIBUTE}.as_path_segment.as2`,
  as4: `${ATTRIBUTE}.as_path_segment.as4`,
  nextHop: `${ATTRIBUTE}.next_hop`,
  med: `${ATTRIBUTE}.multi_exit_disc`,
  localPref: `${ATTRIBUTE}.local_pref`,
  aggregatorAs: `${ATTRIBUTE}.aggregator_as`,
  aggregatorAddress: `${ATTRIBUTE}.aggregator_origin`,
  wellKnown: `${ATTRIBUTE}.community_wellknown`,
  communityAs: `${ATTRIBUTE}.community_as`,
  communityValue: `${ATTRIBUTE}.community_value`,
  originatorId: `${ATTRIBUTE}.originator_id`,
  clusterList: 'bgp.path_attribute.cluster_id',
  largeAs: 'bgp.large_communities.ga',
  largeFirst: 'bgp.large_communities.ldp1',
  largeSecond: 'bgp.large_communities.ldp2',
  nextHop6: `${ATTRIBUTE}.mp_reach_nlri.next_hop.ipv6`,
  prefixLengths: 'bgp.prefix_length',
  withdrawn: 'bgp.withdrawn_prefix',
  announced: 'bgp.nlri_prefix',
  announced4: 'bgp.mp_reach_nlri_ipv4_prefix',
  withdrawn4: 'bgp.mp_unreach_nlri_ipv4_prefix',
  announced6: 'bgp.mp_reach_nlri_ipv6_prefix',
  withdrawn6: 'bgp.mp_unreach_nlri_ipv6_prefix',
  distinguishers: 'bgp.rd',
  labels: 'bgp.label_stack',
  evpnTypes: 'bgp.evpn.nlri.rt',
  evpnMacs: 'bgp.evpn.nlri.mac_addr',
  flowspecTypes: 'bgp.flowspec_nlri.filter_type',
  extendedTypes: 'bgp.ext_com.type',
  extendedAs2: 'bgp.ext_com.value_as2',
  extendedAs4: 'bgp.ext_com.value_as4',
  extendedIpv4: 'bgp.ext_com.value_IP4',
  extendedNumber2: 'bgp.ext_com.value_an2',
  pmsiFlags: `${ATTRIBUTE}.pmsi.tunnel.flags`,
  pmsiType: `${ATTRIBUTE}.pmsi.tunnel.type`,
  pmsiLabel: `${ATTRIBUTE}.mpls_label_value_20bits`,
  pmsiAddress: `${ATTRIBUTE}.pmsi.ingress_rep_ip`,
  tunnelTypes: 'bgp.update.encaps_tunnel_tlv_type',
  tunnelSubTypes: 'bgp.update.encaps_tunnel_subtlv_type',
  aigpMetric: 'bgp.update.attribute.aigp.accu_igp_metric',
  sidTypes: 'bgp.prefix_sid.type',
  sidIndex: 'bgp.prefix_sid.label_index.value',
  sidFirst: 'bgp.prefix_sid.originator_srgb_base',
  sidCount: 'bgp.prefix_sid.originator_srgb_range',
  attrSetAs: `${ATTRIBUTE}.attr_set.origin_as`,
} as const;

/** All values of each field in the order of the message. */
export type Decoded = { readonly [Name in keyof typeof FIELDS]: readonly string[] };

/** What tshark says of each message; `asOctets` is the size of AS numbers in AS_PATH. */
export async function decodeWithTshark(
  messages: readonly Uint8Array[],
  asOctets: 2 | 4,
): Promise<readonly Decoded[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-tshark-'));
  try {
    const file = join(directory, 'messages.pcap');
    writeFileSync(file, pcapOf(messages));
    const names = Object.values(FIELDS).flatMap((name) => ['-e', name]);
    const shape = ['-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a', '-E', 'aggregator=;'];
    const text = await run(TSHARK, [
      '-r',
      file,
      '-n',
      '-o',
      `bgp.asn_len:${asOctets} octet`,
      ...shape,
      ...names,
    ]);
    return text.split('\n').slice(0, messages.length).map(parseLine);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function parseLine(line: string): Decoded {
  const values = line.split('|');
  const entries = Object.keys(FIELDS).map((name, index) => [
    name,
    (values[index] ?? '').split(';').filter(Boolean),
  ]);
  return Object.fromEntries(entries) as Decoded;
}
