/**
 * An UPDATE from its JSON.
 *
 * What is written is read again, and refused when it does not say what it was given: a number out of range, an AS
 * number that a 2-octet session cannot carry, a text that means nothing. Texts may be spelled in any way that is
 * understood. Octets (`unknown`, `malformed`, `repeated`, `unreadable`) are written as they are.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { BellhopError } from '../base/errors.ts';
import { writeAttribute } from './attributes/blob.ts';
import { attributeByName } from './attributes/index.ts';
import { type AttributeSpec, FLAG_EXTENDED_LENGTH } from './attributes/spec.ts';
import { familyByName } from './families/index.ts';
import type { FamilySpec, PathIdentified } from './families/spec.ts';
import type { JsonObject, JsonValue, RawAttributeJson, RoutesJson, UpdateInput } from './json-types.ts';
import { RAW_LISTS, usualFlags } from './json-update.ts';
import { attributeFromJson, fromJson, numberOf, octetsOf, sameMeaning } from './json-value.ts';
import type { WireContext } from './session-context.ts';
import { hasAddPath } from './update-read.ts';

/** The body of the UPDATE. @throws BellhopError INVALID_ARGUMENT when `json` cannot be carried as it is */
export function updateFromJson(json: UpdateInput, context: WireContext, out: ByteWriter): void {
  const { unreadable = {} } = json;
  if (unreadable.body !== undefined) {
    out.copy(octetsOf(unreadable.body));
    return;
  }
  const shares = shareRoutes(json);
  const lengthAt = out.length;
  out.u16(0);
  writePlain(shares.withdrawn, unreadable.withdrawn, context, out);
  patchLength(out, lengthAt, 'withdrawn routes');
  const attributesAt = out.length;
  out.u16(0);
  for (const { write } of inOrder(attributeWriters(json, shares, context), json.order)) write(out);
  if (unreadable.attributes !== undefined) out.copy(octetsOf(unreadable.attributes));
  patchLength(out, attributesAt, 'attributes');
  writePlain(shares.nlri, unreadable.nlri, context, out);
}

function patchLength(out: ByteWriter, at: number, what: string): void {
  const length = out.length - at - 2;
  if (length > 0xffff)
    throw new BellhopError('INVALID_ARGUMENT', `the ${what} have ${length} octets, at most 65535 fit`);
  out.patchU16(at, length);
}

/** Octets to begin with for the value of an attribute; it grows where needed. */
const USUAL_OCTETS = 64;
const IPV4_UNICAST = 'ipv4-unicast';

/** The routes of each place. */
interface Shares {
  readonly withdrawn: readonly JsonValue[];
  readonly nlri: readonly JsonValue[];
  readonly mpReach: readonly JsonValue[];
  readonly mpUnreach: readonly JsonValue[];
  /** The MP attributes; one for withdrawals is made up when it is missing, because it says nothing of its own. */
  readonly reachHead: JsonObject | undefined;
  readonly unreachHead: JsonObject | undefined;
}

function shareRoutes({ attributes = {}, reach = {}, withdrawn = {} }: UpdateInput): Shares {
  const other = Object.keys(withdrawn).find((family) => family !== IPV4_UNICAST);
  const reachHead = attributes['mpReach'] as JsonObject | undefined;
  const unreachHead =
    (attributes['mpUnreach'] as JsonObject | undefined) ??
    (other === undefined ? undefined : { family: other });
  const [nlri, mpReach] = share(reach, reachHead, 'reach');
  const [plain, mpUnreach] = share(withdrawn, unreachHead, 'withdrawn');
  return { withdrawn: plain, nlri, mpReach, mpUnreach, reachHead, unreachHead };
}

/** The routes outside and inside of the MP attribute `head`. */
function share(
  routes: RoutesJson,
  head: JsonObject | undefined,
  name: string,
): readonly [plain: readonly JsonValue[], multiprotocol: readonly JsonValue[]] {
  const family = head?.['family'];
  const attribute = name === 'reach' ? 'attributes.mpReach' : 'attributes.mpUnreach';
  for (const key of Object.keys(routes))
    if (key !== IPV4_UNICAST && key !== family)
      throw new BellhopError(
        'INVALID_ARGUMENT',
        `${name}: routes of ${key} need an ${attribute} of that family`,
      );
  const ipv4 = routes[IPV4_UNICAST] ?? [];
  if (family === undefined) return [ipv4, []];
  const mine = routes[family as string] ?? [];
  if (family !== IPV4_UNICAST) return [ipv4, mine];
  const { count } = head ?? {};
  const inside = count === undefined ? mine.length : numberOf(count, mine.length);
  return [mine.slice(0, mine.length - inside), mine.slice(mine.length - inside)];
}

function writePlain(
  routes: readonly JsonValue[],
  unreadable: string | undefined,
  context: WireContext,
  out: ByteWriter,
): void {
  if (unreadable !== undefined) out.copy(octetsOf(unreadable));
  else writeRoutes(familyByName(IPV4_UNICAST)!, routes, context, out);
}

function writeRoutes(
  family: FamilySpec,
  routes: readonly JsonValue[],
  context: WireContext,
  out: ByteWriter,
): void {
  const addPath = hasAddPath(family, context);
  const values = routes.map(routeFromJson);
  if (values.some(({ pathId }) => (pathId !== undefined) !== addPath))
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${family.name}: routes have path identifiers where ADD-PATH was agreed, and only there`,
    );
  const start = out.length;
  family.nlri.write(values, out, addPath);
  const carried = out.bytes.slice(start, out.length);
  const isCarried =
    family.nlri.check(carried, 0, carried.length, addPath) < 0 &&
    sameMeaning(values, family.nlri.read(carried, 0, carried.length, addPath));
  if (!isCarried)
    throw new BellhopError('INVALID_ARGUMENT', `${family.name}: cannot carry these routes as given`);
}

/** An attribute to be written. */
interface AttributeWriter {
  readonly code: number;
  readonly write: (out: ByteWriter) => void;
}

function attributeWriters(json: UpdateInput, shares: Shares, context: WireContext): AttributeWriter[] {
  const { attributes = {}, flags = {}, unreadable = {} } = json;
  const named: Record<string, JsonValue | readonly RawAttributeJson[]> = { ...attributes };
  if (shares.unreachHead !== undefined) named['mpUnreach'] ??= shares.unreachHead;
  const writers: AttributeWriter[] = [];
  for (const [name, value] of Object.entries(named)) {
    if (RAW_LISTS.some((key) => key === name)) continue;
    const spec = attributeByName(name);
    if (spec === undefined) throw new BellhopError('INVALID_ARGUMENT', `attributes: there is no ${name}`);
    const octets = namingPlace(`attributes.${name}`, () =>
      name === 'mpReach' || name === 'mpUnreach'
        ? multiprotocolOctets(spec, value as JsonObject, shares[name], unreadable[name], context)
        : valueOctets(spec, attributeFromJson(name, value as JsonValue), context),
    );
    const flagOctet = numberOf(flags[name] ?? usualFlags(spec, octets.length), 255);
    writers.push({ code: spec.code, write: (out) => writeWithFlags(out, flagOctet, spec.code, octets) });
  }
  // Repeated ones last: the sorting by code is stable, and the first of its code is the one that counts.
  for (const key of RAW_LISTS)
    for (const raw of (attributes[key] ?? []) as readonly RawAttributeJson[])
      writers.push({
        code: numberOf(raw.code, 255),
        write: (out) => writeWithFlags(out, numberOf(raw.flags, 255), raw.code, octetsOf(raw.hex)),
      });
  return writers;
}

/** Ascending by code, or as `order` says; codes that it does not list come last. */
function inOrder(writers: readonly AttributeWriter[], order: readonly number[] = []): AttributeWriter[] {
  const left = [...writers].sort((a, b) => a.code - b.code);
  const ordered: AttributeWriter[] = [];
  for (const code of order) {
    const i = left.findIndex((writer) => writer.code === code);
    if (i >= 0) ordered.push(...left.splice(i, 1));
  }
  return [...ordered, ...left];
}

/** As {@link writeAttribute}, but with two octets of length when the flags ask for them. */
function writeWithFlags(out: ByteWriter, flags: number, code: number, value: Uint8Array): void {
  if (value.length > 0xffff)
    throw new BellhopError('INVALID_ARGUMENT', `attribute ${code} has ${value.length} octets`);
  if (value.length > 255 || (flags & FLAG_EXTENDED_LENGTH) === 0) {
    writeAttribute(out, flags, code, value);
    return;
  }
  out.u8(flags);
  out.u8(code);
  out.u16(value.length);
  out.copy(value);
}

function valueOctets(spec: AttributeSpec, value: unknown, context: WireContext): Uint8Array {
  const out = new ByteWriter(USUAL_OCTETS);
  spec.write(value, out, context);
  const octets = out.take();
  const isCarried =
    spec.check(octets, 0, octets.length, context) === 0 &&
    sameMeaning(value, spec.read(octets, 0, octets.length, context));
  if (!isCarried) throw new BellhopError('INVALID_ARGUMENT', 'this session cannot carry the value as given');
  return octets;
}

function multiprotocolOctets(
  spec: AttributeSpec,
  head: JsonObject,
  routes: readonly JsonValue[],
  unreadable: string | undefined,
  context: WireContext,
): Uint8Array {
  const { count: _count, nlri, ...rest } = head;
  const name = rest['family'];
  const family = typeof name === 'string' ? familyByName(name) : undefined;
  if (name !== undefined && family === undefined)
    throw new BellhopError('INVALID_ARGUMENT', `there is no family ${JSON.stringify(name)}`);
  const out = new ByteWriter(USUAL_OCTETS);
  if (unreadable !== undefined) out.copy(octetsOf(unreadable));
  else if (family !== undefined) writeRoutes(family, routes, context, out);
  else out.copy(octetsOf(nlri));
  const identity =
    family === undefined
      ? { afi: numberOf(rest['afi'], 0xffff), safi: numberOf(rest['safi'], 255) }
      : { afi: family.afi, safi: family.safi };
  const value = { ...(fromJson(rest) as object), family: name, ...identity, nlri: out.take() };
  return valueOctets(spec, value, context);
}

/** Runs `make`; whatever it throws says where it was. */
function namingPlace<Result>(place: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${place}: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    );
  }
}

/** The NLRI behind its JSON. */
export function routeFromJson(json: JsonValue): PathIdentified {
  return (typeof json === 'string' ? { prefix: json } : fromJson(json)) as PathIdentified;
}
