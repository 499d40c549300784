/**
 * From a line of a process to a command. Never throws: what cannot be obeyed is a `refused` command with the reason.
 *
 * The words are those of ExaBGP 4 and 5, and of the command tree of ExaBGP 6 where it has the same command.
 */
import { MAX_COMMAND_ROUTES } from '../../base/limits.ts';
import { formatPrefix, parsePrefix } from '../../base/prefix.ts';
import type { OwnRoute } from '../../speaker/own-routes.ts';
import { type RouteWords, readRouteWords } from './attributes.ts';
import { readSelectors, type Selector } from './selectors.ts';
import { prefixOf } from './values.ts';
import { CommandError, Words, wordsOf } from './words.ts';

/** Whom a command means: neighbors of which one of the selectors holds; all without selectors. */
interface Selected {
  readonly selectors: readonly Selector[];
}

export interface AnnounceCommand extends Selected {
  readonly kind: 'announce';
  readonly routes: readonly OwnRoute[];
  readonly watchdog: string | undefined;
  /** Waits for its watchdog. */
  readonly held: boolean;
  /** What was understood but cannot be obeyed. */
  readonly notes: readonly string[];
}

export interface WithdrawCommand extends Selected {
  readonly kind: 'withdraw';
  readonly prefixes: readonly string[];
}

export type Command =
  | AnnounceCommand
  | WithdrawCommand
  | { readonly kind: 'watchdog'; readonly announce: boolean; readonly name: string | undefined }
  | { readonly kind: 'group'; readonly edge: 'start' | 'end' }
  | {
      readonly kind: 'showNeighbor';
      readonly form: 'summary' | 'extensive' | 'json' | undefined;
      readonly address: string | undefined;
    }
  | {
      readonly kind: 'showRoutes';
      readonly direction: 'in' | 'out';
      readonly extensive: boolean;
      readonly address: string | undefined;
    }
  | (Selected & { readonly kind: 'flush' })
  | (Selected & { readonly kind: 'clear'; readonly direction: 'in' | 'out' })
  | (Selected & { readonly kind: 'teardown' })
  | (Selected & { readonly kind: 'refresh'; readonly family: string })
  | { readonly kind: 'acks'; readonly mode: 'enable' | 'disable' | 'silence' }
  | { readonly kind: 'version' | 'help' | 'reset' }
  | { readonly kind: 'comment' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Phrases of ExaBGP 6 and older spellings for the same command. */
const ALIASES: readonly (readonly [string, string])[] = [
  ['daemon shutdown', 'shutdown'],
  ['daemon reload', 'reload'],
  ['daemon restart', 'restart'],
  ['session ack enable', 'enable-ack'],
  ['session ack disable', 'disable-ack'],
  ['session ack silence', 'silence-ack'],
  ['session reset', 'reset'],
  ['system version', 'version'],
  ['system help', 'help'],
  ['rib flush out', 'flush adj-rib out'],
  ['rib clear in', 'clear adj-rib in'],
  ['rib clear out', 'clear adj-rib out'],
  ['rib show in', 'show adj-rib in'],
  ['rib show out', 'show adj-rib out'],
  ['show adj-rib-in', 'show adj-rib in'],
  ['show adj-rib-out', 'show adj-rib out'],
];

const OPERATOR = 'a process may not do that to the daemon: its operator does';

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['shutdown', OPERATOR],
  ['reload', `${OPERATOR}, with SIGHUP`],
  ['restart', OPERATOR],
  ['crash', OPERATOR],
  ['create', 'neighbors are configured in the file of the daemon'],
  ['delete', 'neighbors are configured in the file of the daemon'],
]);

const NOT_ORIGINATED: ReadonlyMap<string, string> = new Map([
  ['flow', 'bellhop does not originate flow routes: it has no FlowSpec table (RFC 8955) yet'],
  ['vpls', 'bellhop does not originate VPLS routes'],
  ['eor', 'bellhop sends End-of-RIB itself'],
  ['operational', 'operational messages were a draft that has expired'],
]);

/** The command in `line`; undefined for a line of blanks. */
export function parseCommand(line: string): Command | undefined {
  try {
    return read(line);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { kind: 'refused', reason: error.message };
  }
}

function read(line: string): Command | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  if (text.startsWith('#')) return { kind: 'comment' };
  const words = new Words(wordsOf(text));
  const selectors = readSelectors(words);
  const aliased = withAliases(words);
  const verb = aliased.next('a command');
  const command = readVerb(verb, aliased, selectors);
  if (aliased.left > 0) throw new CommandError(`${aliased.peek()} means nothing here`);
  return command;
}

function withAliases(words: Words): Words {
  for (const [phrase, meant] of ALIASES)
    if (words.take(...phrase.split(' '))) return new Words([...meant.split(' '), ...words.rest()]);
  return words;
}

function readVerb(verb: string, words: Words, selectors: readonly Selector[]): Command {
  switch (verb) {
    case 'announce':
    case 'withdraw':
      return readChange(verb === 'announce', words, selectors);
    case 'show':
      return readShow(words, selectors);
    case 'flush':
      adjRib(words, 'out');
      return { kind: 'flush', selectors };
    case 'clear':
      return { kind: 'clear', direction: adjRib(words, 'in', 'out'), selectors };
    case 'teardown':
      return readTeardown(words, selectors);
    case 'group': {
      const edge = words.next('start or end');
      if (edge !== 'start' && edge !== 'end') throw new CommandError('write group start or group end');
      return { kind: 'group', edge };
    }
    case 'enable-ack':
    case 'disable-ack':
    case 'silence-ack':
      return { kind: 'acks', mode: verb.slice(0, -'-ack'.length) as 'enable' | 'disable' | 'silence' };
    case 'version':
    case 'help':
    case 'reset':
      return { kind: verb };
  }
  const reason = REFUSED.get(verb);
  if (reason === undefined) throw new CommandError(`${verb} is not a command`);
  words.rest();
  return { kind: 'refused', reason };
}

function readChange(announce: boolean, words: Words, selectors: readonly Selector[]): Command {
  const what = words.next('what to announce or withdraw');
  const reason = NOT_ORIGINATED.get(what);
  if (reason !== undefined) throw new CommandError(reason);
  switch (what) {
    case 'route':
      return routeCommand(announce, [prefixOf(words.next('prefix'))], readRouteWords(words), selectors);
    case 'ipv4':
    case 'ipv6':
      return readFamily(announce, what, words, selectors);
    case 'attribute':
    case 'attributes': {
      const route = readRouteWords(words);
      if (!words.take('nlri')) throw new CommandError('nlri and prefixes are missing behind the attributes');
      const prefixes = words.rest().filter((word) => word !== ',' && word !== '[' && word !== ']');
      if (prefixes.length === 0) throw new CommandError('prefixes are missing behind nlri');
      return routeCommand(announce, prefixes.map(prefixOf), route, selectors);
    }
    case 'watchdog':
      return { kind: 'watchdog', announce, name: words.rest()[0] };
    case 'route-refresh':
      if (!announce) break;
      return { kind: 'refresh', family: familyOf(words), selectors };
  }
  throw new CommandError(`${what} cannot be announced or withdrawn`);
}

function readFamily(
  announce: boolean,
  afi: 'ipv4' | 'ipv6',
  words: Words,
  selectors: readonly Selector[],
): Command {
  const safi = words.next('unicast');
  const reason = NOT_ORIGINATED.get(safi.replace(/-vpn$/, ''));
  if (reason !== undefined) throw new CommandError(reason);
  if (safi !== 'unicast') throw new CommandError(`bellhop does not originate ${afi} ${safi}, unicast alone`);
  const prefix = prefixOf(words.next('prefix'));
  if (prefix.includes(':') !== (afi === 'ipv6')) throw new CommandError(`${prefix} is not an ${afi} prefix`);
  return routeCommand(announce, [prefix], readRouteWords(words), selectors);
}

function routeCommand(
  announce: boolean,
  given: readonly string[],
  { attributes, hasNextHop, split, watchdog, held, notes }: RouteWords,
  selectors: readonly Selector[],
): Command {
  const prefixes = split === undefined ? given : given.flatMap((prefix) => splitPrefix(prefix, split));
  if (prefixes.length > MAX_COMMAND_ROUTES)
    throw new CommandError(`one command may have ${MAX_COMMAND_ROUTES} routes at most`);
  if (!announce) return { kind: 'withdraw', prefixes, selectors };
  if (!hasNextHop) throw new CommandError('next-hop is missing; write next-hop self for our own address');
  const routes = prefixes.map((prefix) => ({ prefix, ...attributes }));
  return { kind: 'announce', routes, watchdog, held, notes, selectors };
}

/** The prefixes of `length` inside. */
function splitPrefix(text: string, length: number): string[] {
  const prefix = parsePrefix(text)!;
  const bits = length - prefix.length;
  if (length > prefix.bytes.length * 8) throw new CommandError(`split /${length} is too long for ${text}`);
  if (bits <= 0) return [text];
  if (2 ** bits > MAX_COMMAND_ROUTES)
    throw new CommandError(`${text} has more than ${MAX_COMMAND_ROUTES} prefixes of length ${length}`);
  return Array.from({ length: 2 ** bits }, (_, i) => {
    const bytes = prefix.bytes.slice();
    for (let bit = 0; bit < bits; bit++) {
      const at = length - 1 - bit;
      if (Math.floor(i / 2 ** bit) % 2 === 1) bytes[at >>> 3]! |= 0x80 >>> (at & 7);
    }
    return formatPrefix(bytes, length);
  });
}

function readShow(words: Words, selectors: readonly Selector[]): Command {
  const what = words.next('neighbor or adj-rib');
  const selected = selectors.flat().find(([key, value]) => key === 'neighbor' && value !== '*')?.[1];
  if (what === 'neighbor') {
    const rest = words.rest();
    const forms = ['summary', 'extensive', 'json', 'configuration'] as const;
    const form = forms.find((one) => rest.includes(one));
    if (form === 'configuration')
      throw new CommandError('the configuration is not in the words of ExaBGP; bellhop show neighbor has it');
    const address = rest.find((word) => !(forms as readonly string[]).includes(word)) ?? selected;
    return { kind: 'showNeighbor', form, address };
  }
  if (what !== 'adj-rib') throw new CommandError(`show ${what} is not known`);
  const direction = direct(words, 'in', 'out');
  const rest = words.rest();
  if (rest.some((word) => word === 'flow' || word === 'l2vpn'))
    throw new CommandError('bellhop has no tables but those of unicast routes');
  const address = rest.find((word) => !['extensive', 'inet', 'routes', 'static', 'neighbor'].includes(word));
  return {
    kind: 'showRoutes',
    direction,
    extensive: rest.includes('extensive'),
    address: address ?? selected,
  };
}

function readTeardown(words: Words, selectors: readonly Selector[]): Command {
  const code = words.next('Cease subcode');
  if (selectors.length === 0) throw new CommandError('teardown needs a neighbor in front');
  if (code !== '4')
    throw new CommandError('bellhop tears down with Cease/4 (administrative reset); write teardown 4');
  return { kind: 'teardown', selectors };
}

function adjRib<Direction extends string>(words: Words, ...known: Direction[]): Direction {
  if (!words.take('adj-rib')) throw new CommandError(`write adj-rib ${known.join(' or adj-rib ')}`);
  return direct(words, ...known);
}

function direct<Direction extends string>(words: Words, ...known: Direction[]): Direction {
  const word = words.next(known.join(' or '));
  const direction = known.find((one) => one === word);
  if (direction === undefined) throw new CommandError(`${word} is not ${known.join(' or ')}`);
  return direction;
}

function familyOf(words: Words): string {
  const afi = words.next('ipv4 or ipv6');
  const safi = words.next('unicast');
  if ((afi !== 'ipv4' && afi !== 'ipv6') || safi !== 'unicast')
    throw new CommandError(`bellhop has no routes of ${afi} ${safi}`);
  return `${afi}-${safi}`;
}
