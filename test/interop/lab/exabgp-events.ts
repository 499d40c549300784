/**
 * The JSON events of ExaBGP's process API (version 4 text of it), replayed into a table: the last word on every
 * prefix since the session came up.
 */
import { originName, type PeerRoute } from './peer.ts';

interface ExabgpEvent {
  readonly type: string;
  readonly neighbor: {
    readonly address: { readonly peer: string };
    readonly state?: string;
    readonly message?: { readonly update?: ExabgpUpdate };
  };
}

interface ExabgpUpdate {
  readonly attribute?: ExabgpAttributes;
  /** By family, then by next hop. */
  readonly announce?: Readonly<Record<string, Readonly<Record<string, readonly ExabgpNlri[]>>>>;
  readonly withdraw?: Readonly<Record<string, readonly ExabgpNlri[]>>;
}

interface ExabgpAttributes {
  readonly origin?: string;
  readonly 'as-path'?: readonly number[];
  readonly med?: number;
  readonly 'local-preference'?: number;
  readonly community?: readonly (readonly number[])[];
  readonly 'large-community'?: readonly (readonly number[])[];
}

type ExabgpNlri = string | { readonly nlri: string };

export interface ExabgpTable {
  /** Session state by neighbor address. */
  readonly states: ReadonlyMap<string, string>;
  readonly routes: readonly PeerRoute[];
}

/** Reads the recorded lines; a line still being written is left out. */
export function replayEvents(text: string): ExabgpTable {
  const states = new Map<string, string>();
  const tables = new Map<string, Map<string, PeerRoute>>();
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const line of complete.split('\n')) {
    if (!line.startsWith('{')) continue;
    const event = parseEvent(line);
    const address = event.neighbor?.address.peer ?? '';
    if (event.type === 'state') {
      states.set(address, event.neighbor.state === 'up' ? 'Established' : (event.neighbor.state ?? ''));
      if (event.neighbor.state === 'down') tables.delete(address);
    }
    const update = event.neighbor?.message?.update;
    if (event.type !== 'update' || update === undefined) continue;
    const table = tables.get(address) ?? new Map<string, PeerRoute>();
    tables.set(address, table);
    applyUpdate(table, update);
  }
  return { states, routes: [...tables.values()].flatMap((table) => [...table.values()]) };
}

/** A `down` event quotes the peer's shutdown text without escaping it: only the parts we need are read then. */
function parseEvent(line: string): ExabgpEvent {
  try {
    return JSON.parse(line) as ExabgpEvent;
  } catch {
    const word = (name: string): string => new RegExp(`"${name}": ?"([^"]*)"`).exec(line)?.[1] ?? '';
    const neighbor = { address: { peer: word('peer') }, state: word('state') };
    return { type: word('type'), neighbor };
  }
}

function applyUpdate(table: Map<string, PeerRoute>, update: ExabgpUpdate): void {
  for (const list of Object.values(update.withdraw ?? {})) {
    for (const nlri of list) table.delete(prefixOf(nlri));
  }
  for (const byNextHop of Object.values(update.announce ?? {})) {
    for (const [nextHop, list] of Object.entries(byNextHop)) {
      for (const nlri of list) {
        table.set(prefixOf(nlri), toRoute(prefixOf(nlri), nextHop, update.attribute ?? {}));
      }
    }
  }
}

function prefixOf(nlri: ExabgpNlri): string {
  return typeof nlri === 'string' ? nlri : nlri.nlri;
}

function toRoute(prefix: string, nextHop: string, attributes: ExabgpAttributes): PeerRoute {
  return {
    prefix,
    nextHop,
    asPath: attributes['as-path'] ?? [],
    med: attributes.med,
    localPref: attributes['local-preference'],
    communities: (attributes.community ?? []).map((one) => one.join(':')),
    largeCommunities: (attributes['large-community'] ?? []).map((one) => one.join(':')),
    origin: originName(attributes.origin ?? ''),
  };
}
