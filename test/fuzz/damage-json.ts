/**
 * Damages JSON as people and programs do: a value of another type, a number out of range, a text misspelled, far too
 * long or meant for another place, keys and elements that are missing, repeated, foreign or moved.
 */

import type { FuzzContext } from '../../src/fuzz/context.ts';
import { randomMessage, randomUpdateOf } from '../../src/fuzz/messages.ts';
import type { Random } from '../../src/fuzz/random.ts';
import { ATTRIBUTES } from '../../src/wire/attributes/index.ts';
import { CAPABILITIES } from '../../src/wire/capabilities/index.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import type { JsonValue, MessageJson } from '../../src/wire/json-types.ts';

/** A value and where it stands. */
interface Place {
  readonly parent: JsonValue[] | { [key: string]: JsonValue };
  readonly key: string | number;
  readonly value: JsonValue;
}

const NUMBERS = [
  ...[-1, 0, 1, 2, 3, 4, 6, 0.5, 63, 127, 128, 255, 256, 4095, 4096, 65535, 65536, 0x7ffff, 0x80000],
  ...[0xfffff, 0x100000, 0x800000, 0xffffff, 0x1000000, 0xffffffff, 2 ** 32, 2 ** 53, 2 ** 64, 1e21],
];

const TEXTS = [
  '',
  ' ',
  '0x',
  '0x0',
  '0xzz',
  '0X12 !=0x',
  'true',
  'false',
  '=80&>=1',
  '=1  =2',
  '&=1',
  '=18446744073709551616',
  '!=syn+nothing',
  '!syn+ack 0x12',
  '0.0.0.0',
  '192.0.2.1',
  '192.0.2.1/33',
  '192.0.2.1/24',
  '300.1.1.1',
  '1.2.3.4/',
  '2001:db8::1',
  '2001:db8::/129',
  '2001:db8::/32',
  '2001:db8::/32 offset 32',
  'fe80::1%eth0',
  '::ffff:192.0.2.1',
  'next-hop',
  'no-export',
  'NO_EXPORT',
  '65000:1',
  '65536:1',
  '65000:1:4294967296',
  'rt:65000:1',
  '0:65000:1',
  '3:1:1',
  '2:4294967295:65536',
  '16777216+1',
  '16000+8000 1',
  '18446744073709551615',
  '18446744073709551616',
  '99999999999999999999999',
  '00:11:22:33:44:55',
  '00:11:22:33:44:5g',
  'default',
  'unknown',
  'constructor',
  'toString',
  '__proto__',
  '\u0000\u202e\ud83d',
];

/** Digits that are too many, too large or no number. */
const DIGITS = [
  '0',
  '256',
  '65536',
  '4294967296',
  `${2n ** 64n}`,
  `${2n ** 64n}`,
  '9'.repeat(24),
  '-1',
  '1e3',
];

/** One more than fits into one, two, three, four or eight octets, and less than nothing. */
const OVERFLOWS = [256, 65536, 0x1000000, 2 ** 32, 2 ** 64, -1];

/** A text of the kind of `text`, of a size that fits nowhere, or only just. */
function longText(text: string, random: Random): string {
  if (/^0x/.test(text)) return `0x${'00'.repeat(random.pick([255, 256, 5000]))}`;
  if (/^(?:[0-9a-f]{2})+$/.test(text)) return '00'.repeat(random.pick([256, 256, 5000, 66_000]));
  if (/^[=<>!]/.test(text)) return Array.from({ length: 2100 }, (_, i) => `=${i % 250}`).join(' ');
  return random.pick([
    'x'.repeat(100_000),
    `0x${'00'.repeat(256)}`,
    '00'.repeat(256),
    `${text.slice(0, 100)} `.repeat(300),
  ]);
}

const VALUES: readonly (() => JsonValue)[] = [
  () => null as unknown as JsonValue,
  () => true,
  () => false,
  () => ({}),
  () => [],
  () => [[]],
  () => [''],
  () => [0],
  () => ({ hex: '' }),
  () => ({ hex: '0' }),
  () => ({ hex: '00'.repeat(300) }),
  () => ({ decimal: '18446744073709551616' }),
  () => ({ toString: 1, valueOf: 1 }),
  () => nested(1500),
];

/** A longer text is not made longer still. */
const LONGEST_TEXT = 200_000;

/** Keys that mean something somewhere. */
const KEYS: readonly string[] = [
  ...[
    'type',
    'name',
    'value',
    'code',
    'flags',
    'hex',
    'decimal',
    'unknown',
    'malformed',
    'repeated',
    'order',
  ],
  ...['unreadable', 'body', 'withdrawn', 'attributes', 'nlri', 'mpReach', 'mpUnreach', 'reach', 'count'],
  ...['family', 'afi', 'safi', 'pathId', 'prefix', 'labels', 'linkLocal', 'offset', 'subcode', 'data'],
  ...['as', 'asField', 'holdTime', 'routerId', 'version', 'capabilities', 'parameters', 'extended', 'orf'],
  ...[
    'shutdownMessage',
    'subtype',
    'whenToRefresh',
    'blocks',
    'entries',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...ATTRIBUTES.map(({ name }) => name),
  ...CAPABILITIES.map(({ name }) => name),
  ...FAMILIES.map(({ name }) => name),
];

const MULTIPROTOCOL: readonly number[] = [14, 15];
const UNKNOWN_CODE = 99;
/** Families with routes of many forms: EVPN and flow specifications. */
const RICH_FAMILIES = FAMILIES.filter(({ safi }) => [70, 133, 134].some((one) => one === safi));
/** Attributes with values of many forms. */
const RICH: readonly number[] = [22, 23, 23, 23, 26, 40, 40];

/** A well-formed message that is about one thing, so that every spec comes as often as the others. */
export function simpleMessage(random: Random, context: FuzzContext): Uint8Array {
  const kind = random.below(ATTRIBUTES.length + 3 * FAMILIES.length + 16);
  const spec = ATTRIBUTES[kind];
  if (spec !== undefined && !MULTIPROTOCOL.includes(spec.code))
    return randomUpdateOf(spec.code, random, context);
  if (kind < ATTRIBUTES.length + 3 * FAMILIES.length) {
    const family = random.pick(random.oneIn(2) ? FAMILIES : RICH_FAMILIES);
    return randomUpdateOf(random.pick(MULTIPROTOCOL), random, { ...context, families: 1 << family.index });
  }
  if (random.oneIn(4)) return randomUpdateOf(UNKNOWN_CODE, random, context);
  if (random.oneIn(2)) return randomUpdateOf(random.pick(RICH), random, context);
  return randomMessage(random.pick(['open', 'open', 'route-refresh', 'notification']), random, context);
}

/** A damaged copy of the JSON of a message, mostly without the keys that only explain: nobody looks at those. */
export function damageJson(json: MessageJson, random: Random): JsonValue {
  const { length: _length, disposition: _disposition, errors: _errors, ...said } = json;
  const root = { json: structuredClone(random.oneIn(8) ? json : said) as unknown as JsonValue };
  const times = random.oneIn(3) ? random.between(2, 4) : 1;
  for (let i = 0; i < times; i++) damage(pickPlace(root, random), root, random);
  return root.json;
}

function damage({ parent, key, value }: Place, root: { json: JsonValue }, random: Random): void {
  const set = (to: JsonValue): void => {
    // Not by assignment: that would do something else for a key like `__proto__`.
    Object.defineProperty(parent, key, { value: to, enumerable: true, writable: true, configurable: true });
  };
  const kind = random.below(10);
  if (kind === 0 && Array.isArray(parent)) parent.splice(key as number, 1);
  else if (kind === 0) Reflect.deleteProperty(parent, key);
  else if (kind === 1) set(otherValue(random));
  else if (kind === 2) set(structuredClone(pickPlace(root, random).value));
  else if (typeof value === 'number') set(otherNumber(value, random));
  else if (typeof value === 'string') set(otherText(value, random));
  else if (typeof value === 'object' && value !== null) grow(value, random);
  else set(otherValue(random));
}

/** Adds a key or elements to an object or a list. */
function grow(value: JsonValue, random: Random): void {
  if (Array.isArray(value)) {
    const one = value.length > 0 && !random.oneIn(4) ? random.pick(value) : otherValue(random);
    const isSmall = typeof one !== 'object' && String(one).length < 100;
    const times = random.oneIn(20) ? random.pick([2, 70, 300]) : isSmall && random.oneIn(100) ? 3000 : 1;
    for (let i = 0; i < times; i++) value.push(structuredClone(one));
  } else if (typeof value === 'object' && value !== null)
    Object.defineProperty(value, random.pick(KEYS), {
      value: otherValue(random),
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

function otherValue(random: Random): JsonValue {
  const kind = random.below(6);
  if (kind < 2) return random.pick(NUMBERS);
  if (kind < 4) return random.pick(TEXTS);
  return kind === 4 && random.oneIn(2) ? longText('', random) : random.pick(VALUES)();
}

function otherNumber(value: number, random: Random): JsonValue {
  if (random.oneIn(8)) return String(value);
  if (random.oneIn(6)) return 0;
  return random.oneIn(3) ? value + random.between(-2, 2) : random.pick(NUMBERS);
}

/** A text that is nearly this one, or another one. */
function otherText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  if (text.length > LONGEST_TEXT) return '';
  if (/^\d+$/.test(text) && random.oneIn(2)) return random.pick(DIGITS);
  if (/^(?:0x)?(?:[0-9a-f]{2}){2,}$/.test(text) && random.oneIn(3)) return longText(text, random);
  // The first number or the last one.
  if (random.oneIn(3))
    return text.replace(random.pick([/\d+/, /\d+(?=\D*$)/]), String(random.pick(OVERFLOWS)));
  switch (random.below(8)) {
    case 0:
      return random.pick(TEXTS);
    case 1:
      return longText(text, random);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
      return (
        text.slice(0, at) +
        random.pick(['0', '9', 'f', ':', '.', '/', ' ', '&', '+', '-', '%']) +
        text.slice(at)
      );
    case 4:
    case 5:
      return text.replace(random.pick([/\d+/, /\d+(?=\D*$)/]), String(random.pick(NUMBERS)));
    case 6:
      if (/ offset \d+$/.test(text))
        return text.replace(/\d+$/, random.pick(['128', '129', '0', '999', '1000']));
      return random.oneIn(2) ? text.toUpperCase() : `${text} ${text}`;
    default:
      return text.replace(/[a-z]+/, (word) => [...word].reverse().join(''));
  }
}

function nested(depth: number): JsonValue {
  let value: JsonValue = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** Walks down from the root until chance says stop, so that what stands near the top is hit as often as the leaves. */
function pickPlace(root: { json: JsonValue }, random: Random): Place {
  let place: Place = { parent: root, key: 'json', value: root.json };
  for (;;) {
    const { value } = place;
    if (typeof value !== 'object' || value === null) return place;
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    const isLast = keys.every((key) => typeof (value as { [key: string]: JsonValue })[key] !== 'object');
    if (keys.length === 0 || random.oneIn(place.parent === root ? 40 : isLast ? 3 : 8)) return place;
    const key = random.pick<string | number>(keys);
    place = { parent: value, key, value: (value as { [key: string]: JsonValue })[key]! };
  }
}
