/**
 * Damages JSON as people and programs do: a value of another type, a number out of range, a text misspelled, far too
 * long or meant for another place, keys and elements that are missing, repeated, foreign or moved.
 */
import type { Random } from '../../src/fuzz/random.ts';
import { ATTRIBUTES } from '../../src/wire/attributes/index.ts';
import { CAPABILITIES } from '../../src/wire/capabilities/index.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import type { JsonValue, MessageJson } from '../../src/wire/json-types.ts';
import { longText, NUMBERS, otherText, TEXTS } from './damage-text.ts';

/** A value and where it stands. */
interface Place {
  readonly parent: JsonValue[] | { [key: string]: JsonValue };
  readonly key: string | number;
  readonly value: JsonValue;
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

/** Characters that JSON may grow to by repetition: what is larger takes its time, which is no find. */
const LARGEST = 300_000;

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
  else if (typeof value === 'object' && value !== null) grow(value, root, random);
  else set(otherValue(random));
}

/** Adds a key or elements to an object or a list. */
function grow(value: JsonValue, root: { json: JsonValue }, random: Random): void {
  if (Array.isArray(value)) {
    const one = value.length > 0 && !random.oneIn(4) ? random.pick(value) : otherValue(random);
    const isSmall = typeof one !== 'object' && String(one).length < 100;
    const wanted = random.oneIn(20) ? random.pick([2, 70, 300]) : isSmall && random.oneIn(100) ? 3000 : 1;
    const times = wanted > 1 && sizeOf(root.json) + wanted * sizeOf(one) > LARGEST ? 1 : wanted;
    for (let i = 0; i < times; i++) value.push(structuredClone(one));
  } else if (typeof value === 'object' && value !== null)
    Object.defineProperty(value, random.pick(KEYS), {
      value: otherValue(random),
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

/** Characters. */
function sizeOf(json: JsonValue): number {
  return JSON.stringify(json)?.length ?? 0;
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
