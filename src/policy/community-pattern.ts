/**
 * Communities of policies as text: `65000:1`, `65000:*`, `65000:100-199`, `large:65000:1:*`, `rt:65000:*`, `no-export`.
 *
 * One text form for all three kinds: two numbers (or a well-known name) are a standard community, three a large one,
 * a name in front makes an extended one. `*` stands for any number and `a-b` for a range, in standard and large ones.
 */
import {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from '../wire/community-text.ts';
import type { RouteCommunity } from './route.ts';
import type { CommunityLiteral, CommunityPattern, NumberRange } from './types.ts';

/** The pattern of a text, or undefined when it is none. */
export function parseCommunityPattern(text: string): CommunityPattern | undefined {
  const named = text.includes(':') ? undefined : parseCommunity(text);
  if (named !== undefined)
    return { kind: 'standard', parts: [exactly(named >>> 16), exactly(named & 0xffff)] };
  const parts = text.replace(/^large:/i, '').split(':');
  if (/^[\d*]/.test(text) && parts.length === 2) return numeric('standard', parts, 0xffff);
  if (/^([\d*]|large:)/i.test(text))
    return parts.length === 3 ? numeric('large', parts, 0xffffffff) : undefined;
  return extended(text);
}

/** The community of a text without wildcards, in its canonical form, or undefined. */
export function parseCommunityLiteral(text: string): CommunityLiteral | undefined {
  const standard = parseCommunity(text);
  if (standard !== undefined) return { kind: 'standard', text: formatCommunity(standard) };
  const large = parseLargeCommunity(text);
  if (large !== undefined) return { kind: 'large', text: formatLargeCommunity(large) };
  const value = parseExtendedCommunity(text);
  return value === undefined ? undefined : { kind: 'extended', text: formatExtendedCommunity(value) };
}

/** Whether a community of a route is of the pattern. */
export function matchesPattern(pattern: CommunityPattern, community: RouteCommunity): boolean {
  if (pattern.kind !== 'extended')
    return (
      pattern.kind === community.kind &&
      pattern.parts.every(({ min, max }, i) => community.numbers[i]! >= min && community.numbers[i]! <= max)
    );
  if (community.kind !== 'extended') return false;
  const [type, ...parts] = community.text.split(':');
  return (
    type === pattern.type &&
    parts.length === pattern.parts.length &&
    pattern.parts.every((part, i) => part === undefined || part === parts[i])
  );
}

function exactly(value: number): NumberRange {
  return { min: value, max: value };
}

function numeric(
  kind: 'standard' | 'large',
  texts: readonly string[],
  maximum: number,
): CommunityPattern | undefined {
  const parts = texts.map((text) => numberRange(text, maximum)).filter((part) => part !== undefined);
  return parts.length === texts.length ? { kind, parts } : undefined;
}

function numberRange(text: string, maximum: number): NumberRange | undefined {
  if (text === '*') return { min: 0, max: maximum };
  const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(text);
  if (match === null) return undefined;
  const min = Number(match[1]);
  const max = Number(match[2] ?? match[1]);
  return min <= max && max <= maximum ? { min, max } : undefined;
}

/** A text without `*` stands for the one community that it names; each `*` is one part, or all of them behind a name. */
function extended(text: string): CommunityPattern | undefined {
  const [, ...parts] = text.split(':');
  // What the name and the other parts look like in the canonical text is found out with numbers in the wild places.
  const sample = ['1', '0']
    .map((digit) => parseExtendedCommunity(text.replaceAll('*', digit)))
    .find((value) => value !== undefined);
  if (sample === undefined) return undefined;
  const [type, ...canonical] = formatExtendedCommunity(sample).split(':');
  if (canonical.length !== parts.length) return undefined;
  return {
    kind: 'extended',
    type: type!,
    parts: canonical.map((part, i) => (parts[i] === '*' ? undefined : part)),
  };
}
