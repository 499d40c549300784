/**
 * A recorded table, told as a peer would tell it: our AS number in front of each path, our next hop, routes with the
 * same attributes together. Routes that a speaker must keep to itself are left out, and counted.
 */
import { ByteWriter } from '../../base/byte-writer.ts';
import { readU32, toHex } from '../../base/bytes.ts';
import { forEachAttribute, writeAttribute } from '../../wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../../wire/attributes/spec.ts';
import { type MrtRoute, readMrtRib } from './mrt.ts';
import { TARGET_AS } from './peer.ts';
import { PrefixIndex } from './prefix-index.ts';
import type { Announcer, AttributeDraw, RouteSource } from './route-source.ts';

const AS_PATH = 2;
const NEXT_HOP = 3;
const MED = 4;
const COMMUNITIES = 8;
/** Not between ASes, or not of this session: LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST, the MP attributes. */
const DROPPED = new Set([NEXT_HOP, 5, 9, 10, 14, 15]);
/** NO_EXPORT, NO_ADVERTISE, NO_EXPORT_SUBCONFED (RFC 1997). */
const SECRET = [0xffffff01, 0xffffff02, 0xffffff03];
const AS_SEQUENCE = 2;

/** Routes that share their attributes. */
interface RouteSet {
  readonly attributes: Uint8Array;
  /** Length octet and address octets of each. */
  readonly prefixes: Uint8Array[];
}

/**
 * The first `limit` routes of the recording, of the peer that has most.
 *
 * @throws BellhopError INVALID_ARGUMENT when the file cannot be read or holds no such routes
 */
export function mrtTable(path: string, addressOctets: 4 | 16, limit: number): RouteSource {
  const sets = new Map<string, RouteSet>();
  let kept = 0;
  let left = 0;
  readMrtRib(path, addressOctets, (route) => {
    if (kept >= limit) return;
    if (!isForAll(route, addressOctets)) {
      left++;
      return;
    }
    const { bytes, attributesStart, attributesEnd } = route;
    const key = toHex(bytes, attributesStart, attributesEnd);
    let set = sets.get(key);
    if (set === undefined) {
      set = { attributes: bytes.subarray(attributesStart, attributesEnd), prefixes: [] };
      sets.set(key, set);
    }
    const prefix = new Uint8Array(1 + addressOctets);
    prefix[0] = route.length;
    prefix.set(bytes.subarray(route.prefixAt, route.prefixAt + ((route.length + 7) >>> 3)), 1);
    set.prefixes.push(prefix);
    kept++;
  });
  const prefixes = new PrefixIndex(addressOctets, kept);
  const setOf = new Int32Array(kept);
  const all = [...sets.values()];
  for (const [index, set] of all.entries())
    for (const prefix of set.prefixes) {
      const id = prefixes.add(prefix, 1, prefix[0]!);
      if (id >= 0) setOf[id] = index;
    }
  const blobs = all.map(({ attributes }) => attributes);
  return {
    prefixes,
    description: `${prefixes.count} prefixes in ${all.length} sets from ${path}, ${left} left out`,
    draw: (announcer) => new RecordedDraw(announcer, blobs, setOf),
  };
}

class RecordedDraw implements AttributeDraw {
  readonly #announcer: Announcer;
  readonly #blobs: readonly Uint8Array[];
  readonly #setOf: Int32Array;

  constructor(announcer: Announcer, blobs: readonly Uint8Array[], setOf: Int32Array) {
    this.#announcer = announcer;
    this.#blobs = blobs;
    this.#setOf = setOf;
  }

  size(order: Uint32Array, at: number, left: number): number {
    const set = this.#setOf[order[at]!];
    let size = 1;
    while (size < left && this.#setOf[order[at + size]!] === set) size++;
    return size;
  }

  /** A new round, and another sender, differ in the MED. */
  write(id: number, out: ByteWriter): void {
    const { as, nextHop, round, sender } = this.#announcer;
    const bytes = this.#blobs[this.#setOf[id]!]!;
    const scratch = new ByteWriter(nextHop.length);
    let nextHopDue = nextHop.length === 4;
    let medDue = round > 0 || sender > 0;
    forEachAttribute(bytes, 0, bytes.length, (code, flags, start, end) => {
      if (nextHopDue && code > NEXT_HOP) {
        writeAttribute(out, FLAG_TRANSITIVE, NEXT_HOP, nextHop);
        nextHopDue = false;
      }
      if (medDue && code > NEXT_HOP) {
        scratch.reset();
        scratch.u32(sender * 0x10000 + round);
        writeAttribute(out, FLAG_OPTIONAL, MED, scratch.bytes, 0, 4);
        medDue = false;
      }
      if (code === MED && (round > 0 || sender > 0)) return;
      if (code === AS_PATH) {
        scratch.reset();
        prepend(bytes, start, end, as, scratch);
        writeAttribute(out, flags, code, scratch.bytes, 0, scratch.length);
      } else if (!DROPPED.has(code)) writeAttribute(out, flags, code, bytes, start, end);
    });
    if (nextHopDue) writeAttribute(out, FLAG_TRANSITIVE, NEXT_HOP, nextHop);
    if (medDue) {
      scratch.reset();
      scratch.u32(sender * 0x10000 + round);
      writeAttribute(out, FLAG_OPTIONAL, MED, scratch.bytes, 0, 4);
    }
  }
}

/** The path with one AS more in front: in its first segment when that is a sequence with room. */
function prepend(bytes: Uint8Array, start: number, end: number, as: number, out: ByteWriter): void {
  const extend = end > start && bytes[start] === AS_SEQUENCE && bytes[start + 1]! < 255;
  out.u8(AS_SEQUENCE);
  out.u8(extend ? bytes[start + 1]! + 1 : 1);
  out.u32(as);
  out.copy(bytes, extend ? start + 2 : start, end);
}

/** Whether every speaker passes the route on: global address, no well-known community, no loop. */
function isForAll(route: MrtRoute, addressOctets: 4 | 16): boolean {
  const { bytes, prefixAt, length, attributesStart, attributesEnd } = route;
  const first = bytes[prefixAt]!;
  if (length < 8) return false;
  if (addressOctets === 4 ? first === 0 || first === 127 || first >= 224 : first >>> 5 !== 1) return false;
  let passes = true;
  let path = false;
  let walkedTo = attributesStart;
  forEachAttribute(bytes, attributesStart, attributesEnd, (code, _flags, start, end) => {
    walkedTo = end;
    if (code === AS_PATH) path = true;
    if (code === COMMUNITIES)
      for (let at = start; at + 4 <= end; at += 4) if (SECRET.includes(readU32(bytes, at))) passes = false;
    if (code === AS_PATH)
      for (let at = start; at + 2 <= end; at += 2 + 4 * bytes[at + 1]!)
        for (let i = 0; i < bytes[at + 1]!; i++)
          if (readU32(bytes, at + 2 + 4 * i) === TARGET_AS) passes = false;
  });
  return passes && path && walkedTo === attributesEnd;
}
