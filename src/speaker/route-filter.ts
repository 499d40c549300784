/**
 * Filters of a route query that look at attributes: a community, an AS in the path. They read the bytes of the
 * interned set, once for each set and piece of a walk, and make no objects.
 */
import { readU32 } from '../base/bytes.ts';
import { BellhopError } from '../base/errors.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import { findAttribute } from '../wire/attributes/blob.ts';
import { parseCommunity, parseExtendedCommunity, parseLargeCommunity } from '../wire/community-text.ts';
import type { RouteQuery } from './status.ts';

/** Whether the canonical blob `bytes[start..end)` has what was asked for. */
export type BlobTest = (bytes: Uint8Array, start: number, end: number) => boolean;

const AS_PATH = 2;
const COMMUNITIES = 8;
const EXTENDED_COMMUNITIES = 16;
const LARGE_COMMUNITIES = 32;

/** The test that `query` asks for; undefined when any attributes will do. @throws BellhopError INVALID_ARGUMENT. */
export function blobTest({ community, as }: RouteQuery): BlobTest | undefined {
  const tests: BlobTest[] = [];
  if (community !== undefined) tests.push(communityTest(community));
  if (as !== undefined) tests.push((bytes, start, end) => pathHolds(bytes, start, end, as));
  if (tests.length === 0) return undefined;
  return (bytes, start, end) => tests.every((test) => test(bytes, start, end));
}

/**
 * The same test by attribute id, with a memory. Ids are reused when no route has them any more, so it must not
 * outlive the piece of a walk it was made for.
 */
export function attrTest(test: BlobTest, attrs: AttrTable): (attr: AttrId) => boolean {
  const known = new Map<AttrId, boolean>();
  return (attr) => {
    let answer = known.get(attr);
    if (answer === undefined) {
      const { bytes, start, end } = attrs.blob(attr);
      answer = test(bytes, start, end);
      known.set(attr, answer);
    }
    return answer;
  };
}

function communityTest(text: string): BlobTest {
  const standard = parseCommunity(text);
  if (standard !== undefined) return listTest(COMMUNITIES, [standard]);
  const large = parseLargeCommunity(text);
  if (large !== undefined) return listTest(LARGE_COMMUNITIES, large);
  const extended = parseExtendedCommunity(text);
  if (extended !== undefined) return listTest(EXTENDED_COMMUNITIES, [extended.high, extended.low]);
  throw new BellhopError(
    'INVALID_ARGUMENT',
    `${text} is no community; write 65000:1, 65000:1:2, rt:65000:1 or a name such as no-export`,
  );
}

/** Whether the list in attribute `code` holds an entry of these 32-bit words. */
function listTest(code: number, words: readonly number[]): BlobTest {
  const size = words.length * 4;
  return (bytes, start, end) => {
    const range = findAttribute(bytes, start, end, code);
    if (range === undefined) return false;
    for (let at = range.start; at + size <= range.end; at += size)
      if (words.every((word, i) => readU32(bytes, at + i * 4) === word)) return true;
    return false;
  };
}

function pathHolds(bytes: Uint8Array, start: number, end: number, as: number): boolean {
  const range = findAttribute(bytes, start, end, AS_PATH);
  if (range === undefined) return false;
  let at = range.start;
  while (at + 2 <= range.end) {
    const segmentEnd = at + 2 + bytes[at + 1]! * 4;
    for (at += 2; at < segmentEnd; at += 4) if (readU32(bytes, at) === as) return true;
  }
  return false;
}
