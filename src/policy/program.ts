/**
 * A policy function over one route: what it is shown is read when it looks, what it answers is checked before it is
 * carried out. Everything wrong is thrown here and caught in `evaluate.ts`.
 */
import { canonicalAddress, formatAddress } from '../base/address.ts';
import {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from '../wire/community-text.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import { compileAction } from './actions.ts';
import type { AttributeName } from './attribute-edit.ts';
import type { NumberTest, Subject } from './conditions.ts';
import type { PolicyProgram, PolicyResult, PolicyRouteView, RouteChanges } from './program-types.ts';
import type { PolicyRoute } from './route.ts';
import type { Action, CommunityKind, PolicySession, TermVerdict } from './types.ts';

/** Runs the function and carries out what it answers; throws for everything that is wrong. */
export type CompiledProgram = (subject: Subject, family: number) => TermVerdict;

/** Attributes that functions may change. */
export const WRITABLE = [
  'localPref',
  'med',
  'origin',
  'nextHop',
  'asPath',
  'communities',
  'largeCommunities',
  'extendedCommunities',
] as const satisfies readonly AttributeName[];

const KEYS: readonly string[] = [...WRITABLE, 'prepend', 'verdict'] satisfies (keyof RouteChanges)[];

const MAX_U32 = 0xffffffff;

/** @param number numbers the tests on which results depend besides the attributes: family and source */
export function compileProgram(
  { run, perPrefix }: PolicyProgram,
  session: PolicySession,
  number: NumberTest,
): CompiledProgram {
  const { address, peerAs, peerGroup, direction, localAs } = session;
  const neighbor = Object.freeze({ address, peerAs, peerGroup });
  // Every result depends on these, since any function may look.
  number({ kind: 'family', families: [0] });
  const local = number({ kind: 'source', sources: ['local'] });
  const internal = number({ kind: 'source', sources: ['internal'] });
  return (subject, family) => {
    const { outcomes } = subject;
    const source = outcomes[local] ? 'local' : outcomes[internal] ? 'internal' : 'external';
    const route = new View(subject, family, source, perPrefix);
    const result = run({ route, neighbor, direction, localAs });
    return carryOut(result, subject.route, session, family);
  };
}

class View implements PolicyRouteView {
  readonly family: PolicyRouteView['family'];
  readonly source: PolicyRouteView['source'];
  readonly #subject: Subject;
  readonly #perPrefix: boolean;

  constructor(subject: Subject, family: number, source: PolicyRouteView['source'], perPrefix: boolean) {
    this.family = UNICAST_FAMILIES[family]!.name;
    this.source = source;
    this.#subject = subject;
    this.#perPrefix = perPrefix;
  }

  get #route(): PolicyRoute {
    return this.#subject.route;
  }

  get prefix(): string {
    if (!this.#perPrefix) throw new Error('it reads `prefix` and is not declared with `perPrefix: true`');
    return this.#subject.prefix();
  }

  get origin() {
    return this.#route.get('origin');
  }

  get asPath() {
    return [...this.#route.asns];
  }

  get asPathText() {
    return this.#route.pathText;
  }

  get asPathLength() {
    return this.#route.pathLength;
  }

  get neighborAs() {
    return this.#route.neighborAs;
  }

  get originAs() {
    return this.#route.originAs;
  }

  get nextHop() {
    const bytes = this.#route.nextHopAddress;
    return bytes && formatAddress(bytes);
  }

  get med() {
    return this.#route.get('med');
  }

  get localPref() {
    return this.#route.localPref;
  }

  get communities() {
    return textsOf(this.#route, 'standard');
  }

  get largeCommunities() {
    return textsOf(this.#route, 'large');
  }

  get extendedCommunities() {
    return textsOf(this.#route, 'extended');
  }
}

function textsOf(route: PolicyRoute, kind: CommunityKind): string[] {
  return route.communities(kind).map(({ text }) => text);
}

function carryOut(
  // biome-ignore lint/suspicious/noConfusingVoidType: see PolicyFunction.
  result: PolicyResult | void,
  route: PolicyRoute,
  session: PolicySession,
  family: number,
): TermVerdict {
  if (result === undefined) return 'next';
  if (result === 'accept' || result === 'reject' || result === 'next') return result;
  if (typeof result !== 'object' || result === null || Array.isArray(result))
    throw new TypeError(`it returned ${describe(result)} instead of a verdict or attributes`);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new TypeError('it returned a promise: a policy cannot wait');
  }
  for (const key of Object.keys(result))
    if (!KEYS.includes(key)) throw new TypeError(`it returned an unknown key \`${key}\``);
  const { verdict = 'accept' } = result;
  if (verdict !== 'accept' && verdict !== 'next')
    throw new TypeError('`verdict` is neither `accept` nor `next`');
  change(result, route, session, family);
  return verdict;
}

function perform(action: Action, route: PolicyRoute, session: PolicySession, family: number): void {
  compileAction(action, session)(route, family);
}

function change(changes: RouteChanges, route: PolicyRoute, session: PolicySession, family: number): void {
  const { origin, nextHop, asPath, prepend } = changes;
  for (const [kind, key] of [
    ['local-pref', 'localPref'],
    ['med', 'med'],
  ] as const) {
    const value = changes[key];
    if (value === undefined) continue;
    const change =
      value === null
        ? ({ kind: 'remove' } as const)
        : ({ kind: 'set', value: number(key, value, 0) } as const);
    perform({ kind, change }, route, session, family);
  }
  if (origin !== undefined) {
    if (!['igp', 'egp', 'incomplete'].includes(origin))
      throw new TypeError(`\`origin\` is ${describe(origin)}`);
    perform({ kind: 'origin', origin }, route, session, family);
  }
  if (nextHop !== undefined) setNextHop(nextHop, route, session, family);
  if (asPath !== undefined) route.set('asPath', [{ type: 'sequence', asns: numbers('asPath', asPath) }]);
  for (const as of prepend === undefined ? [] : numbers('prepend', prepend).reverse())
    perform({ kind: 'prepend', as, count: 1 }, route, session, family);
  setTexts('communities', 'standard', changes, route, (text) => {
    const value = parseCommunity(text);
    return value === undefined ? undefined : formatCommunity(value);
  });
  setTexts('largeCommunities', 'large', changes, route, (text) => {
    const value = parseLargeCommunity(text);
    return value && formatLargeCommunity(value);
  });
  setTexts('extendedCommunities', 'extended', changes, route, (text) => {
    const value = parseExtendedCommunity(text);
    return value && formatExtendedCommunity(value);
  });
}

function setNextHop(text: string, route: PolicyRoute, session: PolicySession, family: number): void {
  const addresses = { ipv4: undefined, ipv6: undefined };
  if (text === 'self' || text === 'unchanged') {
    perform({ kind: 'next-hop', mode: text, ...addresses }, route, session, family);
    return;
  }
  const address = typeof text === 'string' ? canonicalAddress(text) : undefined;
  const version = address?.includes(':') ? 'ipv6' : 'ipv4';
  if (address === undefined || address.includes('%') || version !== (family === 1 ? 'ipv6' : 'ipv4'))
    throw new TypeError(`\`nextHop\` is ${describe(text)}, no address for ${UNICAST_FAMILIES[family]!.name}`);
  perform({ kind: 'next-hop', mode: 'address', ...addresses, [version]: address }, route, session, family);
}

function setTexts(
  key: 'communities' | 'largeCommunities' | 'extendedCommunities',
  kind: CommunityKind,
  changes: RouteChanges,
  route: PolicyRoute,
  canonical: (text: string) => string | undefined,
): void {
  const texts = changes[key];
  if (texts === undefined) return;
  if (!Array.isArray(texts)) throw new TypeError(`\`${key}\` is ${describe(texts)}, not a list`);
  const wanted = texts.map((text: unknown) => {
    const value = typeof text === 'string' ? canonical(text) : undefined;
    if (value === undefined) throw new TypeError(`\`${key}\` has ${describe(text)}`);
    return value;
  });
  route.setCommunities(kind, [...new Set(wanted)]);
}

function numbers(key: string, values: readonly number[]): number[] {
  if (!Array.isArray(values)) throw new TypeError(`\`${key}\` is ${describe(values)}, not a list`);
  return values.map((value: number) => number(key, value, 1));
}

function number(key: string, value: unknown, minimum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= MAX_U32)
    return value;
  throw new TypeError(`\`${key}\` has ${describe(value)}, not a number from ${minimum} to ${MAX_U32}`);
}

function describe(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : typeof value;
}
