/**
 * AS_PATH as a peer hears it: private numbers out, the peer's number replaced, ours in front. Values of canonical
 * paths (4-octet numbers); narrowing to 2 octets comes after all of it (`rewrite.ts`).
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { readU32, writeU32 } from '../base/bytes.ts';
import { isPrivateAs } from '../policy/builtin.ts';
import { writeAs4PathFrom } from '../wire/as4.ts';
import type { PrivateAsRemoval } from './session-options.ts';
import type { GroupParams } from './update-group.ts';

const SEQUENCE = 2;
const LONGEST_SEGMENT = 255;

/** Our own numbers as the group sees them, the one nearest to it first. */
export function ownNumbers({ localAs, options }: GroupParams): readonly number[] {
  if (options.localAs === 0) return [localAs];
  return options.replaceAs ? [options.localAs] : [options.localAs, localAs];
}

/** Appends the path value `bytes[start..end)` as the group hears it. */
export function writePathFor(
  params: GroupParams,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  if (!params.external) {
    out.copy(bytes, start, end);
    return;
  }
  const { privateAs, asOverride, peerAs, prepend, localAs } = params.options;
  const isPlain = privateAs === undefined && !asOverride && !hasConfederation(bytes, start, end);
  if (isPlain && prepend && localAs === 0) {
    writeLeading(params.localAs, bytes, start, end, out);
    return;
  }
  const own = ownNumbers(params);
  // Segments of a confederation, relayed by an internal peer, are not for the world (RFC 5065 section 5.3).
  let path = new ByteWriter(end - start);
  writeAs4PathFrom(bytes, start, end, path);
  if (privateAs !== undefined) path = withoutPrivate(path, privateAs, peerAs, [...own, params.localAs]);
  if (asOverride) replaceNumber(path, peerAs, own[0]!);
  if (prepend) writePrependedPath(own, path.bytes, 0, path.length, out);
  else out.copy(path.bytes, 0, path.length);
}

/** Appends the path value with `numbers` in front, in a leading sequence when it has room (RFC 4271 section 5.1.2). */
export function writePrependedPath(
  numbers: readonly number[],
  bytes: Uint8Array,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  const count = start < end && bytes[start] === SEQUENCE ? bytes[start + 1]! : LONGEST_SEGMENT;
  const joins = count + numbers.length <= LONGEST_SEGMENT;
  out.u8(SEQUENCE);
  out.u8(joins ? count + numbers.length : numbers.length);
  for (const as of numbers) out.u32(as);
  out.copy(bytes, joins ? start + 2 : start, end);
}

/** HOT, the usual case of {@link writePrependedPath}: one number. */
function writeLeading(as: number, bytes: Uint8Array, start: number, end: number, out: ByteWriter): void {
  const joins = start < end && bytes[start] === SEQUENCE && bytes[start + 1]! < LONGEST_SEGMENT;
  out.u8(SEQUENCE);
  out.u8(joins ? bytes[start + 1]! + 1 : 1);
  out.u32(as);
  out.copy(bytes, joins ? start + 2 : start, end);
}

function hasConfederation(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 2 + bytes[at + 1]! * 4) if (bytes[at]! > SEQUENCE) return true;
  return false;
}

/**
 * The peer's own number stays, even a private one: it must find itself in the path. So do ours at the front, which a
 * policy has prepended: they neither count as public numbers nor go.
 *
 * @param own the first is written in place of others
 */
function withoutPrivate(
  path: ByteWriter,
  { scope, replace }: PrivateAsRemoval,
  peerAs: number,
  own: readonly number[],
): ByteWriter {
  const numbers = numbersOf(path);
  const firstOther = numbers.findIndex((as) => !own.includes(as));
  let front = firstOther < 0 ? numbers.length : firstOther;
  if (scope === 'only' && !numbers.slice(front).every(isPrivateAs)) return path;
  const result = new ByteWriter(path.length);
  let done = false;
  for (let at = 0; at < path.length; ) {
    const type = path.bytes[at]!;
    const next = at + 2 + path.bytes[at + 1]! * 4;
    const kept: number[] = [];
    for (at += 2; at < next; at += 4) {
      const as = readU32(path.bytes, at);
      if (front-- > 0) {
        kept.push(as);
        continue;
      }
      const removable = isPrivateAs(as) && as !== peerAs && !done;
      if (scope === 'leading' && !isPrivateAs(as)) done = true;
      if (!removable) kept.push(as);
      else if (replace) kept.push(own[0]!);
    }
    if (kept.length === 0) continue;
    result.u8(type);
    result.u8(kept.length);
    for (const as of kept) result.u32(as);
  }
  return result;
}

function numbersOf(path: ByteWriter): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < path.length; ) {
    const next = at + 2 + path.bytes[at + 1]! * 4;
    for (at += 2; at < next; at += 4) numbers.push(readU32(path.bytes, at));
  }
  return numbers;
}

function replaceNumber(path: ByteWriter, from: number, to: number): void {
  for (let at = 0; at < path.length; ) {
    const next = at + 2 + path.bytes[at + 1]! * 4;
    for (at += 2; at < next; at += 4) if (readU32(path.bytes, at) === from) writeU32(path.bytes, at, to);
  }
}
