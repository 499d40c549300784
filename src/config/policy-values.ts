/**
 * The texts inside of policies: prefix ranges, AS ranges, number ranges, patterns, communities. Each function takes what
 * the file has and gives the value or a complaint with what to write instead.
 */
import { parseAddress } from '../base/address.ts';
import { AsPathMatcher } from '../policy/as-path-automaton.ts';
import { PatternError } from '../policy/as-path-regex.ts';
import { parseCommunityLiteral, parseCommunityPattern } from '../policy/community-pattern.ts';
import type {
  CommunityLiteral,
  CommunityPattern,
  NumberChange,
  NumberRange,
  PrefixRange,
} from '../policy/types.ts';
import { Complaint, prefix as prefixSchema } from './schema-types.ts';

export const MAX_U32 = 0xffff_ffff;

/** `192.0.2.0/24`, `10.0.0.0/8 ge 16 le 24`. Without `ge` and `le` the prefix itself. */
export function parsePrefixRange(text: string): PrefixRange | Complaint {
  const match = /^\s*(\S+?)(?:\s+ge\s+(\d{1,3}))?(?:\s+le\s+(\d{1,3}))?\s*$/i.exec(text);
  if (match === null) {
    const hint = /\sle\s.*\sge\s/i.test(text) ? 'write `ge` before `le`' : undefined;
    return new Complaint(
      `\`${text}\` is not a prefix range`,
      hint ?? 'write `192.0.2.0/24`, `10.0.0.0/8 le 24` or `10.0.0.0/8 ge 16 le 24`',
    );
  }
  const prefix = parsePrefixText(match[1]!);
  if (prefix instanceof Complaint) return prefix;
  const length = Number(prefix.slice(prefix.indexOf('/') + 1));
  const bits = prefix.includes(':') ? 128 : 32;
  const min = match[2] === undefined ? length : Number(match[2]);
  const open = match[2] === undefined ? length : bits;
  const max = match[3] === undefined ? open : Number(match[3]);
  if (min < length || max < min || max > bits)
    return new Complaint(
      `no prefix below ${prefix} has ${min === max ? `${min}` : `${min} to ${max}`} bits`,
      `lengths go from ${length} to ${bits}, \`ge\` is not above \`le\``,
    );
  return { prefix, min, max };
}

function parsePrefixText(text: string): string | Complaint {
  const result = prefixSchema.safeParse(text);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const hint = issue.code === 'custom' ? (issue.params?.['hint'] as string | undefined) : undefined;
  return new Complaint(issue.message, hint);
}

/** An address, or a prefix with all below it: for next hops and neighbors. */
export function parseAddressRange(text: string): PrefixRange | Complaint {
  const address = parseAddress(text);
  const prefix = address === undefined ? text : `${text}/${address.length * 8}`;
  const parsed = parsePrefixText(prefix);
  if (parsed instanceof Complaint) return parsed;
  return {
    prefix: parsed,
    min: Number(parsed.slice(parsed.indexOf('/') + 1)),
    max: parsed.includes(':') ? 128 : 32,
  };
}

/** `10`, `>= 10`, `> 10`, `<= 10`, `< 10`, `10-20`. */
export function parseNumberRange(value: number | string, maximum = MAX_U32): NumberRange | Complaint {
  const match = /^\s*(>=|<=|>|<|=)?\s*(\d{1,10})(?:\s*-\s*(\d{1,10}))?\s*$/.exec(String(value));
  const forms = 'write `10`, `>= 10`, `<= 10` or `10-20`';
  if (match === null || (match[1] !== undefined && match[3] !== undefined))
    return new Complaint(`\`${value}\` is not a number or range`, forms);
  const number = Number(match[2]);
  const range = {
    min: match[1] === '>' ? number + 1 : match[1]?.startsWith('<') ? 0 : number,
    max: match[1] === '<' ? number - 1 : match[1]?.startsWith('>') ? maximum : Number(match[3] ?? number),
  };
  if (range.min > range.max || range.max > maximum)
    return new Complaint(`\`${value}\` can never be`, `numbers go from 0 to ${maximum}`);
  return range;
}

/** `65001`, asdot `1.10`, `65001-65099`. */
export function parseAsRange(value: number | string): NumberRange | Complaint {
  const ends = String(value)
    .split('-')
    .map((end) => asNumberOf(end.trim()));
  const [min, max = min, rest] = ends;
  if (min === undefined || max === undefined || rest !== undefined || ends.includes(undefined))
    return new Complaint(`\`${value}\` is not an AS number or range`, 'write `65001` or `65001-65099`');
  if (min > max) return new Complaint(`\`${value}\` is the wrong way round`, `write \`${max}-${min}\``);
  return { min, max };
}

/** Of any AS number, those too that nobody can have: a policy may look for them. */
export function asNumberOf(text: string): number | undefined {
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  const number = dotted === null ? Number(text) : Number(dotted[1]) * 0x1_0000 + Number(dotted[2]);
  if (!/^[\d.]+$/.test(text) || !Number.isInteger(number) || number > MAX_U32) return undefined;
  return dotted !== null && (Number(dotted[1]) > 0xffff || Number(dotted[2]) > 0xffff) ? undefined : number;
}

/** An AS-path pattern, checked. */
export function parseAsPathPattern(text: string): string | Complaint {
  try {
    return new AsPathMatcher(text).pattern;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return new Complaint(
      `AS-path pattern \`${text}\`: ${error.message} (character ${error.at + 1})`,
      'docs/policy.md has the form of patterns',
    );
  }
}

const COMMUNITY_FORMS = '`65000:100`, `65000:*`, `large:65000:1:2`, `rt:65000:1` or `no-export`';

export function parseCommunityItem(text: string): CommunityPattern | Complaint {
  return (
    parseCommunityPattern(text) ??
    new Complaint(`\`${text}\` is neither a community nor a community set`, `write ${COMMUNITY_FORMS}`)
  );
}

export function parseCommunityToAdd(text: string): CommunityLiteral | Complaint {
  const literal = parseCommunityLiteral(text);
  if (literal !== undefined) return literal;
  return parseCommunityPattern(text) === undefined
    ? new Complaint(`\`${text}\` is neither a community nor a community set`, `write ${COMMUNITY_FORMS}`)
    : new Complaint(
        `\`${text}\` is a pattern, and only a community can be added`,
        'write it without `*` and `-`',
      );
}

/** `100`, `"+10"`, `"-10"`, and `none` where the attribute can be removed. */
export function parseChange(value: number | string, removable: boolean): NumberChange | Complaint {
  const forms = `write \`100\`, \`"+10"\`, \`"-10"\`${removable ? ' or `none`' : ''}`;
  if (value === 'none' && removable) return { kind: 'remove' };
  const match = /^([+-]?)\s*(\d{1,10})$/.exec(String(value).trim());
  const number = Number(match?.[2]);
  if (match === null || number > MAX_U32)
    return new Complaint(`\`${value}\` is not a number or a change of one`, forms);
  return match[1] === ''
    ? { kind: 'set', value: number }
    : { kind: 'add', value: match[1] === '-' ? -number : number };
}
