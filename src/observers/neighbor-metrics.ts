/** Metrics of the peers: one line for each neighbor, and for each family where it matters. */
import type {
  ErrorTotals,
  MessageCounters,
  NeighborFamilyStatus,
  NeighborStatus,
} from '../speaker/status.ts';
import type { Labels, Metric, Sample } from './metric.ts';

/** What these metrics are read from. */
interface Peers {
  readonly neighbors: readonly NeighborStatus[];
}

/** A line for each neighbor. */
function each(value: (neighbor: NeighborStatus) => number, labels?: (neighbor: NeighborStatus) => Labels) {
  return ({ neighbors }: Peers): Sample[] =>
    neighbors.map((neighbor) => ({
      labels: { peer: neighbor.address, ...labels?.(neighbor) },
      value: value(neighbor),
    }));
}

/** A line for each neighbor and family. */
function eachFamily(value: (family: NeighborFamilyStatus) => number) {
  return ({ neighbors }: Peers): Sample[] =>
    neighbors.flatMap(({ address, families }) =>
      families.map((family) => ({
        labels: { peer: address, route_family: family.family },
        value: value(family),
      })),
    );
}

/** GoBGP's names for the kinds of messages, and ours. */
const MESSAGES: readonly (readonly [name: string, counter: keyof MessageCounters])[] = [
  ['open', 'opens'],
  ['update', 'updates'],
  ['notification', 'notifications'],
  ['keepalive', 'keepalives'],
  ['refresh', 'routeRefreshes'],
  ['message', 'total'],
];

const messageMetrics = MESSAGES.flatMap(([name, counter]): Metric<Peers>[] => {
  const what = name === 'message' ? 'Messages' : `${name.toUpperCase()} messages`;
  return [
    {
      name: `bgp_sent_${name}_total`,
      type: 'counter',
      help: `${what} sent.`,
      read: each(({ messagesSent }) => messagesSent[counter]),
    },
    {
      name: `bgp_received_${name}_total`,
      type: 'counter',
      help: `${what} received.`,
      read: each(({ messagesReceived }) => messagesReceived[counter]),
    },
  ];
});

const DISPOSITIONS: readonly (readonly [label: string, counter: keyof ErrorTotals])[] = [
  ['attribute-discard', 'attributeDiscard'],
  ['treat-as-withdraw', 'treatAsWithdraw'],
  ['disable-family', 'familyDisable'],
  ['session-reset', 'sessionReset'],
  ['connection-closed', 'connectionClosed'],
];

export const NEIGHBOR_METRICS: readonly Metric<Peers>[] = [
  {
    name: 'bgp_peers',
    type: 'gauge',
    help: 'Neighbors, configured and dynamic.',
    read: ({ neighbors }) => [{ value: neighbors.length }],
  },
  {
    name: 'bgp_peers_established',
    type: 'gauge',
    help: 'Neighbors with a session.',
    read: ({ neighbors }) => [{ value: neighbors.filter(({ state }) => state === 'Established').length }],
  },
  {
    name: 'bgp_peer_state',
    type: 'gauge',
    help: 'State of the session as a label; always 1.',
    read: each(
      () => 1,
      ({ state, disabled }) => ({
        session_state: state.toUpperCase(),
        admin_state: disabled === undefined ? 'UP' : 'DOWN',
      }),
    ),
  },
  {
    name: 'bgp_peer_asn',
    type: 'gauge',
    help: 'AS number of the peer; 0 while it is not known.',
    read: each(
      ({ peerAs }) => (typeof peerAs === 'number' ? peerAs : 0),
      ({ routerId }) => ({ router_id: routerId ?? '' }),
    ),
  },
  {
    name: 'bgp_peer_local_asn',
    type: 'gauge',
    help: 'Our AS number towards the peer.',
    read: each(({ localAs }) => localAs),
  },
  {
    name: 'bgp_peer_uptime_seconds',
    type: 'gauge',
    help: 'Seconds since the session was established; 0 while it is not.',
    read: each(({ uptimeSeconds }) => uptimeSeconds),
  },
  {
    name: 'bgp_session_flaps_total',
    type: 'counter',
    help: 'Sessions that were established and ended.',
    read: each(({ flaps }) => flaps),
  },
  {
    name: 'bgp_routes_received',
    type: 'gauge',
    help: 'Prefixes that the peer has announced and not withdrawn (Adj-RIB-In).',
    read: eachFamily(({ received }) => received),
  },
  {
    name: 'bgp_routes_accepted',
    type: 'gauge',
    help: 'Received prefixes that passed loop detection and import policy.',
    read: eachFamily(({ accepted }) => accepted),
  },
  {
    name: 'bgp_routes_advertised',
    type: 'gauge',
    help: 'Prefixes announced to the peer (Adj-RIB-Out).',
    read: eachFamily(({ advertised }) => advertised),
  },
  ...messageMetrics,
  {
    name: 'bgp_malformed_messages_total',
    type: 'counter',
    help: 'Malformed messages of the peer by what was done about them (RFC 7606).',
    read: ({ neighbors }) =>
      neighbors.flatMap(({ address, errors }) =>
        DISPOSITIONS.map(([disposition, counter]) => ({
          labels: { peer: address, disposition },
          value: errors[counter],
        })),
      ),
  },
  {
    name: 'bgp_rejected_connections_total',
    type: 'counter',
    help: 'Connections with the peer that were refused or closed before they became a session.',
    read: each(({ rejectedConnections }) =>
      Object.values(rejectedConnections).reduce((sum, times) => sum + times, 0),
    ),
  },
  {
    name: 'bgp_last_error_info',
    type: 'gauge',
    help: 'NOTIFICATION that ended the last session, as labels; always 1.',
    read: ({ neighbors }) =>
      neighbors.flatMap(({ address, lastError }) =>
        lastError?.code === undefined
          ? []
          : [
              {
                labels: {
                  peer: address,
                  code: lastError.code,
                  subcode: lastError.subcode ?? 0,
                  direction: lastError.direction,
                },
                value: 1,
              },
            ],
      ),
  },
];

/**
 * What MetalLB's speaker has too, under its names, for dashboards made for it. Only for those who ask: a gauge that
 * ends in `_total` is against the rules of Prometheus.
 */
export const METALLB_ALIASES: readonly Metric<Peers>[] = [
  {
    name: 'metallb_bgp_session_up',
    type: 'gauge',
    help: 'Whether there is a session.',
    read: each(({ state }) => (state === 'Established' ? 1 : 0)),
  },
  {
    name: 'metallb_bgp_announced_prefixes_total',
    type: 'gauge',
    help: 'Prefixes announced to the peer.',
    read: each(({ families }) => families.reduce((sum, { advertised }) => sum + advertised, 0)),
  },
  {
    name: 'metallb_bgp_updates_total',
    type: 'counter',
    help: 'UPDATE messages sent.',
    read: each(({ messagesSent }) => messagesSent.updates),
  },
];
