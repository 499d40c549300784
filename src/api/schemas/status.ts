/** Schemas of what the daemon says of itself and of its neighbors; the types are in `speaker/status.ts`. */
import { z } from 'zod';

const count = z.int().min(0);
const as = z.int().min(0).max(0xffff_ffff);
const SESSION_STATES = ['Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established'] as const;

export const sessionState = z.enum(SESSION_STATES);

const milliseconds = z.number().min(0);

/** How the process fares. */
export const eventLoopDelay = z.strictObject({
  p50Ms: milliseconds.meta({ description: 'Median in milliseconds, since the start.' }),
  p99Ms: milliseconds,
  maxMs: milliseconds,
});

export const daemonStatus = z
  .strictObject({
    version: z.string(),
    as,
    routerId: z.string(),
    uptimeSeconds: count,
    listen: z.array(z.strictObject({ address: z.string(), port: count, error: z.string().optional() })),
    families: z.array(z.strictObject({ family: z.string(), prefixes: count, paths: count })),
    aggregates: z.array(
      z.strictObject({ prefix: z.string(), summaryOnly: z.boolean(), contributors: count }),
    ),
    policies: z.strictObject({
      policies: count,
      evaluations: count,
      tableFull: count,
      failures: count,
      flushes: count,
    }),
    unknownPeerConnections: count,
    forgottenErrorRings: count,
    memoryBytes: count,
    eventLoopDelay,
  })
  .meta({ id: 'Status', description: 'The daemon.' });

const messageCounters = z.strictObject({
  opens: count,
  updates: count,
  notifications: count,
  keepalives: count,
  routeRefreshes: count,
  total: count,
});

const lastError = z.strictObject({
  time: z.string(),
  direction: z.enum(['sent', 'received', 'none']),
  code: count.optional(),
  subcode: count.optional(),
  reason: z.string(),
  shutdownMessage: z.string().optional(),
});

const neighborFamily = z.strictObject({
  family: z.string(),
  negotiated: z.boolean(),
  received: count.meta({ description: 'Prefixes announced to us (Adj-RIB-In).' }),
  accepted: count.meta({ description: 'Those that passed loop detection and import policy.' }),
  advertised: count.meta({ description: 'Prefixes announced to the peer (Adj-RIB-Out).' }),
  endOfRibReceived: z.boolean(),
  disabled: z.string().optional(),
  refused: count.meta({ description: 'Announcements refused by `max-prefixes`.' }),
  withheld: count.meta({ description: 'Prefixes kept from the peer by `max-prefixes-out`.' }),
});

export const neighbor = z
  .strictObject({
    address: z.string(),
    description: z.string().optional(),
    peerAs: z.union([as, z.enum(['external', 'internal'])]),
    localAs: as,
    routerId: z.string().optional(),
    type: z.enum(['external', 'internal']).optional(),
    state: sessionState,
    disabled: z
      .strictObject({ message: z.string(), since: z.string() })
      .optional()
      .meta({ description: 'An operator has switched it off; it stays in Idle until it is enabled.' }),
    uptimeSeconds: count,
    passive: z.boolean(),
    dynamic: z.boolean(),
    localAddress: z.string().optional(),
    localPort: count.optional(),
    remotePort: count.optional(),
    holdTimeSeconds: count.optional(),
    keepaliveSeconds: z.number().min(0).optional(),
    importPolicy: z.string(),
    exportPolicy: z.string(),
    warnings: z.array(z.string()),
    capabilities: z.strictObject({ local: z.array(z.string()), remote: z.array(z.string()) }),
    families: z.array(neighborFamily),
    messagesReceived: messageCounters,
    messagesSent: messageCounters,
    flaps: count,
    updateErrors: z.strictObject({
      attributeDiscard: count,
      treatAsWithdraw: count,
      familyDisable: count,
      sessionReset: count,
    }),
    errors: z.strictObject({
      attributeDiscard: count,
      treatAsWithdraw: count,
      familyDisable: count,
      sessionReset: count,
      connectionClosed: count,
      overwritten: count,
    }),
    options: z
      .record(z.string(), z.string())
      .meta({ description: 'What is special about the session, by key.' }),
    held: z
      .strictObject({
        cause: z.enum(['disabled', 'shutdown', 'max-prefixes']),
        reason: z.string(),
        remainingSeconds: z.number().optional(),
      })
      .optional()
      .meta({ description: 'Why there is no session by our own decision.' }),
    refusedRoutes: z.record(z.string(), count),
    rejectedConnections: z.record(z.string(), count),
    lastError: lastError.optional(),
  })
  .meta({ id: 'Neighbor', description: 'A neighbor and its session.' });

export const summary = z
  .strictObject({ status: daemonStatus, neighbors: z.array(neighbor) })
  .meta({ id: 'Summary', description: 'The daemon and its neighbors at one instant.' });

export const readiness = z
  .strictObject({
    ready: z.boolean(),
    established: count.meta({ description: 'Neighbors with a session.' }),
    neighbors: count,
    disabled: count.meta({
      description: 'Neighbors that an operator has switched off; nobody waits for them.',
    }),
    wanted: z.union([z.enum(['any', 'all']), count]).meta({ description: '`ready` of the configuration.' }),
  })
  .meta({ id: 'Readiness' });
