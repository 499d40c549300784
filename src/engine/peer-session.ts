/** What the engine keeps of a session besides its routes. */
import { type PeerIndex, SOURCE_CLIENT, SOURCE_EXTERNAL, SOURCE_INTERNAL } from '../rib/peer-table.ts';
import type { WireContext } from '../wire/session-context.ts';
import type { ImportRules } from './import-rules.ts';
import type { PrefixTransform } from './ingest.ts';
import type { PeerParams } from './peer-params.ts';

/** A session as the engine sees it. */
export interface Peer {
  readonly index: PeerIndex;
  params: PeerParams;
  /** As agreed, but without the families that were disabled: what is received is read by this. */
  context: WireContext;
  /** Why, by family index. */
  readonly disabled: Map<number, string>;
  rules: ImportRules;
  rulesKey: string;
  /** Import behind `rules.before`, where the policy has to be asked prefix by prefix. */
  perPrefix: PrefixTransform | undefined;
  /** Routes that import rules refused in this session, by verdict. */
  readonly refusedByRule: number[];
  /** Announcements refused because the peer had its limit of prefixes, by family. */
  readonly refusedByLimit: number[];
  /** Bit for each family whose End-of-RIB has come. */
  endOfRib: number;
}

/** One of the SOURCE_ constants of `rib/peer-table.ts`. */
export function sourceOf({ external, options }: PeerParams): number {
  if (external) return SOURCE_EXTERNAL;
  return options?.export.reflectorClient ? SOURCE_CLIENT : SOURCE_INTERNAL;
}

/** The context of the session without the families that were closed. */
export function withoutFamilies(context: WireContext, disabled: ReadonlyMap<number, string>): WireContext {
  let { families } = context;
  for (const family of disabled.keys()) families &= ~(1 << family);
  if (families === context.families) return context;
  // The last family is not closed: a session without any would be of no use.
  return { ...context, families, familyDisable: context.familyDisable === true && hasSeveral(families) };
}

/** Whether more than one bit is set. */
function hasSeveral(families: number): boolean {
  return (families & (families - 1)) !== 0;
}
