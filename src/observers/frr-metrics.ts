/**
 * What the exporter for FRR (tynany/frr_exporter) has too, under its names, for dashboards made for it. Only for those who
 * ask: gauges that end in `_total` are against the rules of Prometheus.
 */
import type { NeighborFamilyStatus, NeighborStatus } from '../speaker/status.ts';
import type { Labels, Metric, Sample } from './metric.ts';

/** What these metrics are read from. */
interface Peers {
  readonly neighbors: readonly NeighborStatus[];
}

/** States of that exporter: 0 is down. */
const ESTABLISHED = 1;
const SHUT_DOWN = 2;

/** The metrics; what they remember is of one exposition. */
export function frrAliases(): readonly Metric<Peers>[] {
  const peerAs = rememberedPeerAs();
  /** A line for each neighbor and family, as FRR has a table of neighbors for each family. */
  const each =
    (value: (neighbor: NeighborStatus, family: NeighborFamilyStatus) => number) =>
    ({ neighbors }: Peers): Sample[] => {
      const numbers = peerAs(neighbors);
      return neighbors.flatMap((neighbor, i) =>
        neighbor.families.map((family) => ({
          labels: labelsOf(neighbor, family, numbers[i]!),
          value: value(neighbor, family),
        })),
      );
    };
  return [
    {
      name: 'frr_bgp_peer_state',
      type: 'gauge',
      help: 'State of the session: 1 established, 2 switched off by the operator, 0 down.',
      read: each(({ state, disabled, options }) => {
        if (disabled !== undefined || 'shutdown' in options) return SHUT_DOWN;
        return state === 'Established' ? ESTABLISHED : 0;
      }),
    },
    {
      name: 'frr_bgp_peer_uptime_seconds',
      type: 'gauge',
      help: 'Seconds since the session was established.',
      read: each(({ uptimeSeconds }) => uptimeSeconds),
    },
    {
      name: 'frr_bgp_peer_prefixes_received_count_total',
      type: 'gauge',
      help: 'Prefixes received from the peer and accepted.',
      read: each((_, { accepted }) => accepted),
    },
    {
      name: 'frr_bgp_peer_prefixes_advertised_count_total',
      type: 'gauge',
      help: 'Prefixes announced to the peer.',
      read: each((_, { advertised }) => advertised),
    },
    {
      name: 'frr_bgp_peer_message_received_total',
      type: 'counter',
      help: 'Messages received.',
      read: each(({ messagesReceived }) => messagesReceived.total),
    },
    {
      name: 'frr_bgp_peer_message_sent_total',
      type: 'counter',
      help: 'Messages sent.',
      read: each(({ messagesSent }) => messagesSent.total),
    },
  ];
}

function labelsOf(
  { address, localAs }: NeighborStatus,
  { family }: NeighborFamilyStatus,
  peerAs: string | number,
): Labels {
  const [afi = '', safi = ''] = family.split('-');
  return { vrf: 'default', afi, safi, local_as: localAs, peer: address, peer_as: peerAs };
}

/**
 * The AS numbers of neighbors. With `peer-as: external` only a session tells the number; behind its end it is still the
 * same label, or each flap would begin a new series.
 */
function rememberedPeerAs(): (neighbors: readonly NeighborStatus[]) => (string | number)[] {
  let last: ReadonlyMap<string, string | number> = new Map();
  return (neighbors) => {
    const numbers = neighbors.map(({ address, localAs, peerAs }) => {
      if (peerAs === 'internal') return localAs;
      return peerAs === 'external' ? (last.get(address) ?? peerAs) : peerAs;
    });
    last = new Map(neighbors.map(({ address }, i) => [address, numbers[i]!]));
    return numbers;
  };
}
