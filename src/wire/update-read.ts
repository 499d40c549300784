/**
 * An UPDATE as objects, as it was received: for people, JSON, tests and recordings, never in bulk.
 *
 * Nothing is merged, moved or dropped: AS_PATH and AS4_PATH stand side by side, attributes keep their order, what
 * RFC 7606 discards is still there. The verdict is the one of {@link UpdateFrame}, which also runs in the speaker.
 * Invariant: a value is read only after its `check` found it well-formed, and routes
 * of a field with any fault in it are not read at all, so that no prefix appears that the sender may not have meant.
 */
import { readU16 } from '../base/bytes.ts';
import { attributeByCode, type PathAttributes } from './attributes/index.ts';
import { Disposition, FLAG_EXTENDED_LENGTH } from './attributes/spec.ts';
import { endOfRibFamily } from './end-of-rib.ts';
import { FAMILIES, familyIndex } from './families/index.ts';
import type { FamilySpec } from './families/spec.ts';
import type { WireContext } from './session-context.ts';
import { UpdateFrame } from './update-frame.ts';
import { findProblems, type UpdateProblem } from './update-problems.ts';

/** Why an attribute has no value: no spec, refused by its `check`, or not the first with its code. */
export type AttributeState = 'read' | 'unknown' | 'malformed' | 'repeated';

/** One attribute as it stands in the message. */
export interface ReceivedAttribute {
  readonly code: number;
  /** The flag octet as received. */
  readonly flags: number;
  /** Range of the attribute with its header: `bytes[header..end)`. */
  readonly header: number;
  /** Range of the value: `bytes[start..end)`. */
  readonly start: number;
  readonly end: number;
  readonly state: AttributeState;
  /** What the spec's `read` gives; undefined unless `state` is `read`. */
  readonly value: unknown;
}

/** The four places where routes can stand. */
export type RoutePlace = 'withdrawn' | 'nlri' | 'mpUnreach' | 'mpReach';

/** The NLRI of one place. */
export interface ReceivedRoutes {
  readonly place: RoutePlace;
  /** Undefined for a family bellhop has no spec for. */
  readonly family: FamilySpec | undefined;
  readonly afi: number;
  readonly safi: number;
  readonly start: number;
  readonly end: number;
  /** Whether each route has a path identifier (RFC 7911). */
  readonly addPath: boolean;
  /** Whether the family was agreed: the routes of any other are ignored, and faults in them as well. */
  readonly agreed: boolean;
  /** Offset in `bytes` of the first entry that cannot be read; -1 when all is well. */
  readonly faultAt: number;
  /** What the family's codec gives; undefined when a fault makes the field unreadable, or the family is unknown. */
  readonly values: readonly unknown[] | undefined;
}

/** An UPDATE, read. */
export interface ReceivedUpdate {
  readonly disposition: Disposition;
  /** Everything that is wrong, in the order of the message; what is missing comes last. */
  readonly problems: readonly UpdateProblem[];
  /** Attributes that could be read, by name. */
  readonly attributes: PathAttributes;
  /** All attributes in the order of the message. */
  readonly list: readonly ReceivedAttribute[];
  readonly routes: readonly ReceivedRoutes[];
  /** The family whose End-of-RIB this is (RFC 4724 section 2). */
  readonly endOfRib: FamilySpec | undefined;
  /** Whether the lengths in the body contradict each other, so that nothing in it can be found. */
  readonly broken: boolean;
  /** Where the attributes stop being readable: `tailStart` to the end of the list; -1 when all can be read. */
  readonly tailStart: number;
  readonly tailEnd: number;
}

const MP_REACH = 14;
const MP_UNREACH = 15;

const frame = new UpdateFrame();

/** By code: the last walk that saw it. */
const seen = new Float64Array(256);
let walks = 0;

/** Reads the UPDATE body `bytes[start..end)`; total. Offsets in the result are those in `bytes`. */
export function readUpdate(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
): ReceivedUpdate {
  frame.scan(bytes, start, end, context);
  const broken = frame.nlriStart === 0;
  const verdict = broken ? frame.disposition : frame.checkNlri(bytes, context);
  const list: ReceivedAttribute[] = [];
  const routes: ReceivedRoutes[] = [];
  const attributes: Record<string, unknown> = {};
  let tailStart = -1;
  if (!broken) {
    const { withdrawnStart, withdrawnEnd, nlriStart, nlriEnd } = frame;
    if (withdrawnEnd > withdrawnStart)
      routes.push(readRoutes('withdrawn', 1, 1, bytes, withdrawnStart, withdrawnEnd, context));
    tailStart = walkAttributes(bytes, frame.attributesStart, frame.attributesEnd, context, list);
    for (const attribute of list) {
      if (attribute.state !== 'read') continue;
      attributes[attributeByCode[attribute.code]!.name] = attribute.value;
      const { code, start: from, end: to } = attribute;
      if (code === MP_REACH || code === MP_UNREACH) {
        const isReach = code === MP_REACH;
        const nlri = isReach ? from + 5 + bytes[from + 3]! : from + 3;
        const place = isReach ? 'mpReach' : 'mpUnreach';
        routes.push(readRoutes(place, readU16(bytes, from), bytes[from + 2]!, bytes, nlri, to, context));
      }
    }
    if (nlriEnd > nlriStart) routes.push(readRoutes('nlri', 1, 1, bytes, nlriStart, nlriEnd, context));
  }
  const sound = verdict === Disposition.accept;
  const endOfRib = sound ? FAMILIES[endOfRibFamily(frame)] : undefined;
  const tailEnd = frame.attributesEnd;
  const problems = sound
    ? []
    : findProblems({ bytes, start, end, context, frame, broken, list, routes, tailStart });
  return {
    disposition: verdict,
    problems,
    attributes: attributes as PathAttributes,
    list,
    routes,
    endOfRib,
    broken,
    tailStart,
    tailEnd,
  };
}

/** Fills `list`; returns where an attribute overruns the list of attributes, or -1. */
function walkAttributes(
  bytes: Uint8Array,
  from: number,
  to: number,
  context: WireContext,
  list: ReceivedAttribute[],
): number {
  walks++;
  for (let at = from; at < to; ) {
    const header = at;
    const flags = bytes[at]!;
    const extended = (flags & FLAG_EXTENDED_LENGTH) !== 0;
    const start = at + (extended ? 4 : 3);
    if (start > to) return header;
    const code = bytes[at + 1]!;
    const end = start + (extended ? readU16(bytes, at + 2) : bytes[at + 2]!);
    if (end > to) return header;
    const spec = attributeByCode[code];
    const state =
      seen[code] === walks
        ? 'repeated'
        : spec === undefined
          ? 'unknown'
          : spec.check(bytes, start, end, context) === 0
            ? 'read'
            : 'malformed';
    const value = state === 'read' ? spec!.read(bytes, start, end, context) : undefined;
    list.push({ code, flags, header, start, end, state, value });
    seen[code] = walks;
    at = end;
  }
  return -1;
}

function readRoutes(
  place: RoutePlace,
  afi: number,
  safi: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
): ReceivedRoutes {
  const family: FamilySpec | undefined = FAMILIES[familyIndex(afi, safi)];
  const addPath = family !== undefined && hasAddPath(family, context);
  const agreed =
    family !== undefined && (place === 'nlri' || place === 'withdrawn' || isAgreed(family, context));
  const faultAt = family === undefined ? -1 : family.nlri.check(bytes, start, end, addPath);
  const isReadable = family !== undefined && faultAt < 0;
  const values = isReadable ? family.nlri.read(bytes, start, end, addPath) : undefined;
  return { place, family, afi, safi, start, end, addPath, agreed, faultAt, values };
}

function isAgreed(family: FamilySpec, context: WireContext): boolean {
  return (context.families & (1 << family.index)) !== 0;
}

/** Whether NLRI of `family` carry path identifiers under `context`. */
export function hasAddPath(family: FamilySpec, context: WireContext): boolean {
  return ((context.addPath ?? 0) & (1 << family.index)) !== 0;
}
