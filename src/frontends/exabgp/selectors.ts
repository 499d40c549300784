/**
 * Neighbor selectors: `neighbor 10.0.0.2, neighbor 10.0.0.3 peer-as 65003` in front of a command. A neighbor is meant
 * when any of the parts between commas holds for it as a whole.
 */
import { canonicalAddress } from '../../base/address.ts';
import { CommandError, type Words } from './words.ts';

const KEYS = ['neighbor', 'local-ip', 'local-as', 'peer-as', 'router-id', 'family-allowed'] as const;
type Key = (typeof KEYS)[number];

/** Conditions that hold together. */
export type Selector = readonly (readonly [Key, string])[];

/** What a selector looks at. */
export interface Selectable {
  readonly address: string;
  readonly localAddress: string | undefined;
  readonly localAs: number;
  readonly peerAs: number | string;
  readonly routerId: string;
  /** `ipv4-unicast` ... */
  readonly families: readonly string[];
}

/** Takes the selectors in front of a command; none means every neighbor. */
export function readSelectors(words: Words): Selector[] {
  const selectors: Selector[] = [];
  while (words.peek() === 'neighbor' || words.peek() === 'peer') {
    const selector: [Key, string][] = [];
    for (let key = keyOf(words.peek()); key !== undefined; key = keyOf(words.peek())) {
      words.next('neighbor');
      const value = words.next(key);
      selector.push([key, key === 'neighbor' || key === 'local-ip' ? addressOrAll(value) : value]);
    }
    selectors.push(selector);
    if (!words.take(',')) break;
    if (words.peek() !== 'neighbor' && words.peek() !== 'peer')
      throw new CommandError('a neighbor has to follow the comma');
  }
  return selectors;
}

/** Whether one of the selectors means this neighbor; without selectors every one is meant. */
export function isSelected(selectors: readonly Selector[], neighbor: Selectable): boolean {
  return (
    selectors.length === 0 ||
    selectors.some((selector) => selector.every(([key, value]) => holds(key, value, neighbor)))
  );
}

function holds(key: Key, value: string, neighbor: Selectable): boolean {
  switch (key) {
    case 'neighbor':
      return value === '*' || value === neighbor.address;
    case 'local-ip':
      return value === '*' || value === neighbor.localAddress;
    case 'local-as':
      return value === String(neighbor.localAs);
    case 'peer-as':
      return value === String(neighbor.peerAs);
    case 'router-id':
      return value === neighbor.routerId;
    case 'family-allowed':
      return (
        value === 'in-open' ||
        value.split('/').every((family) => neighbor.families.includes(family.replace(' ', '-')))
      );
  }
}

function keyOf(word: string | undefined): Key | undefined {
  return word === 'peer' ? 'neighbor' : KEYS.find((key) => key === word);
}

function addressOrAll(text: string): string {
  if (text === '*') return text;
  const address = canonicalAddress(text);
  if (address === undefined) throw new CommandError(`${text} is not the address of a neighbor`);
  return address;
}
