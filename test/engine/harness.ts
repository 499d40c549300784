/**
 * What the engine tests share: UPDATE bodies by hand, peers whose `send` is a receiver that applies what it hears as
 * a BGP speaker would, and an engine with names instead of indexes.
 */
import { expect } from 'vitest';
import { parseAddress } from '../../src/base/address.ts';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../src/base/prefix.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { NextHopParams, PeerParams } from '../../src/engine/peer-params.ts';
import { acceptPolicy } from '../../src/policy/defaults.ts';
import type { AttrTable } from '../../src/rib/attr-table.ts';
import type { RouteTransform } from '../../src/rib/transform.ts';
import { beginAttribute, endAttribute, writeCanonicalBlob } from '../../src/wire/attributes/blob.ts';
import { ATTRIBUTES, type PathAttributes } from '../../src/wire/attributes/index.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { readAttributes } from '../../src/wire/attributes/view.ts';
import { endOfRibFamily } from '../../src/wire/end-of-rib.ts';
import { UNICAST_FAMILIES } from '../../src/wire/families/index.ts';
import { Framer } from '../../src/wire/framer.ts';
import { HEADER_LENGTH, MessageType } from '../../src/wire/message.ts';
import { readRouteRefresh } from '../../src/wire/route-refresh.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';

export const LOCAL_AS = 65000;
export const ROUTER_ID = 0x0a0000fe;
export const IPV4 = 0;
export const IPV6 = 1;

/** Address bytes of a text that is an address. */
export function address(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new Error(`no address: ${text}`);
  return bytes;
}

/** Bytes of one address, or of a global and a link-local one with a blank in between. */
function addresses(text: string): Uint8Array {
  return Uint8Array.from(text.split(' ').flatMap((one) => [...address(one)]));
}

/** A prefix of a text that is a prefix. */
export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`no prefix: ${text}`);
  return parsed;
}

/** Attributes of a route as a peer sends them. `path` in plain numbers is one AS_SEQUENCE. */
export interface Route {
  readonly origin?: 0 | 1 | 2;
  readonly path?: readonly number[];
  /** Segments of the path, when it is not one sequence. */
  readonly segments?: readonly { readonly type: number; readonly asns: readonly number[] }[];
  readonly nextHop?: string;
  readonly med?: number | undefined;
  readonly localPref?: number | undefined;
  readonly communities?: readonly number[];
  /** Further attributes: flags, code, value. */
  readonly extra?: readonly (readonly [number, number, Uint8Array])[];
}

export interface Update {
  readonly route?: Route;
  readonly announce?: readonly string[];
  readonly withdraw?: readonly string[];
  readonly family?: number;
  /** Width of AS numbers; 4 unless the session is a 2-octet one. */
  readonly asWidth?: 2 | 4;
}

function nlri(prefixes: readonly string[], out: ByteWriter): void {
  for (const text of prefixes) {
    const { bytes, length } = prefix(text);
    out.u8(length);
    out.copy(bytes, 0, (length + 7) >>> 3);
  }
}

function attribute(out: ByteWriter, flags: number, code: number, write: () => void, expected = 0): void {
  const at = beginAttribute(out, flags, code, expected);
  write();
  endAttribute(out, at);
}

/** The path attributes of a route, in the order of their codes, without MP_REACH_NLRI. */
export function attributeBytes(route: Route, nextHop: boolean, width: 2 | 4, out: ByteWriter): void {
  const path = route.path ?? [65001];
  const segments = route.segments ?? (path.length > 0 ? [{ type: 2, asns: path }] : []);
  attribute(out, 0x40, 1, () => out.u8(route.origin ?? 0));
  attribute(out, 0x40, 2, () => {
    for (const { type, asns } of segments) {
      out.u8(type);
      out.u8(asns.length);
      for (const as of asns) width === 4 ? out.u32(as) : out.u16(as > 0xffff ? 23456 : as);
    }
  });
  if (nextHop) attribute(out, 0x40, 3, () => out.copy(address(route.nextHop ?? '192.0.2.1')));
  const { med, localPref, communities = [] } = route;
  if (med !== undefined) attribute(out, 0x80, 4, () => out.u32(med));
  if (localPref !== undefined) attribute(out, 0x40, 5, () => out.u32(localPref));
  if (communities.length > 0)
    attribute(out, 0xc0, 8, () => {
      for (const community of communities) out.u32(community);
    });
  for (const [flags, code, value] of route.extra ?? [])
    attribute(out, flags, code, () => out.copy(value), value.length);
}

/** The body of an UPDATE. IPv4 routes with an IPv4 next hop stand outside the multiprotocol attributes. */
export function updateBody(update: Update): Uint8Array {
  const { route = {}, announce = [], withdraw = [], family = IPV4, asWidth = 4 } = update;
  const out = new ByteWriter();
  const nextHop = addresses(route.nextHop ?? (family === IPV4 ? '192.0.2.1' : '2001:db8::1'));
  const plain = family === IPV4 && nextHop.length === 4;
  out.u16(0);
  if (family === IPV4) nlri(withdraw, out);
  out.patchU16(0, out.length - 2);
  const lengthAt = out.length;
  out.u16(0);
  const { afi, safi } = UNICAST_FAMILIES[family]!;
  if (family !== IPV4 && withdraw.length > 0)
    attribute(out, 0x80, 15, () => {
      out.u16(afi);
      out.u8(safi);
      nlri(withdraw, out);
    });
  if (announce.length > 0 && !plain)
    attribute(out, 0x80, 14, () => {
      out.u16(afi);
      out.u8(safi);
      out.u8(nextHop.length);
      out.copy(nextHop);
      out.u8(0);
      nlri(announce, out);
    });
  if (announce.length > 0) attributeBytes(route, plain, asWidth, out);
  out.patchU16(lengthAt, out.length - lengthAt - 2);
  if (plain) nlri(announce, out);
  return out.take();
}

/** Attributes in one line, in the order of their codes: `origin=igp asPath=65001 nextHop=192.0.2.1`. */
export function describeAttributes(attributes: PathAttributes): string {
  return ATTRIBUTES.filter((spec) => attributes[spec.name] !== undefined)
    .map((spec) => `${spec.name}=${(spec.format as (value: unknown) => string)(attributes[spec.name])}`)
    .join(' ');
}

/** One UPDATE as it was heard. */
export interface Heard {
  /** Octets of the message with its header. */
  readonly length: number;
  /** Codes of the attributes in the order sent. */
  readonly codes: readonly number[];
  /** Value of each attribute by code, in hexadecimal digits. */
  readonly raw: ReadonlyMap<number, Uint8Array>;
  readonly announced: readonly string[];
  readonly withdrawn: readonly string[];
}

/** A BGP speaker that only listens: applies every message in order and keeps what it has been told. */
export class Receiver {
  readonly tables = UNICAST_FAMILIES.map(() => new Map<string, string>());
  /** What was heard, in words: `eor ipv4-unicast`, `borr ...`, `eorr ...`. */
  readonly marks: string[] = [];
  readonly updates: Heard[] = [];
  /** Withdrawals of prefixes that it did not have: noise, or a wrong book. */
  needless = 0;
  /** What `send` answers. */
  room = true;
  /** Keeps `updates`; a long test does without. */
  keep = true;
  readonly #context: WireContext;
  readonly #framer: Framer;
  readonly #frame = new UpdateFrame();
  /** By family: prefixes not repeated since BoRR. */
  readonly #stale = new Map<number, Set<string>>();

  constructor(context: WireContext) {
    this.#context = context;
    this.#framer = new Framer({
      message: (type, bytes, start, end) => this.#message(type, bytes, start, end),
    });
    this.#framer.extendedMessage = context.extendedMessage;
  }

  /** Takes what the engine sends. */
  push(bytes: Uint8Array): boolean {
    expect(this.#framer.push(bytes)).toBeUndefined();
    expect(this.#framer.pendingBytes).toBe(0);
    return this.room;
  }

  /** Whether BoRR was heard and its EoRR not yet. */
  get refreshing(): boolean {
    return this.#stale.size > 0;
  }

  /** Attributes heard last for a prefix of either family. */
  get(text: string): string | undefined {
    return this.tables[text.includes(':') ? IPV6 : IPV4]!.get(text);
  }

  #message(type: number, bytes: Uint8Array, start: number, end: number): void {
    if (type === MessageType.routeRefresh) this.#refresh(bytes, start, end);
    else if (type === MessageType.update) this.#update(bytes, start, end);
    else throw new Error(`message of type ${type}`);
  }

  #refresh(bytes: Uint8Array, start: number, end: number): void {
    const result = readRouteRefresh(bytes, start, end);
    if (!result.ok) throw new Error('malformed ROUTE-REFRESH');
    const family = UNICAST_FAMILIES.find(({ afi }) => afi === result.refresh.afi)!;
    const table = this.tables[family.index]!;
    if (result.refresh.subtype === 1) {
      this.marks.push(`borr ${family.name}`);
      this.#stale.set(family.index, new Set(table.keys()));
      return;
    }
    this.marks.push(`eorr ${family.name}`);
    for (const text of this.#stale.get(family.index) ?? []) table.delete(text);
    this.#stale.delete(family.index);
  }

  #update(bytes: Uint8Array, start: number, end: number): void {
    const frame = this.#frame;
    expect(frame.scan(bytes, start, end, this.#context)).toBe(Disposition.accept);
    const ended = endOfRibFamily(frame);
    if (ended >= 0) {
      this.marks.push(`eor ${UNICAST_FAMILIES[ended]!.name}`);
      return;
    }
    const withdrawn = readNlri(bytes, frame.withdrawnStart, frame.withdrawnEnd, IPV4);
    for (const text of withdrawn) this.#withdraw(IPV4, text);
    if (frame.unreachFamily >= 0) {
      const gone = readNlri(bytes, frame.unreachStart, frame.unreachEnd, frame.unreachFamily);
      for (const text of gone) this.#withdraw(frame.unreachFamily, text);
      withdrawn.push(...gone);
    }
    const announced: string[] = [];
    if (frame.reachFamily >= 0)
      announced.push(...this.#announce(frame.reachFamily, bytes, frame.reachStart, frame.reachEnd, true));
    if (frame.nlriEnd > frame.nlriStart)
      announced.push(...this.#announce(IPV4, bytes, frame.nlriStart, frame.nlriEnd, false));
    if (!this.keep) return;
    const raw = new Map<number, Uint8Array>();
    const codes: number[] = [];
    for (let at = frame.attributesStart; at < frame.attributesEnd; ) {
      const extended = (bytes[at]! & 0x10) !== 0;
      const length = extended ? (bytes[at + 2]! << 8) | bytes[at + 3]! : bytes[at + 2]!;
      const from = at + (extended ? 4 : 3);
      codes.push(bytes[at + 1]!);
      raw.set(bytes[at + 1]!, bytes.slice(from, from + length));
      at = from + length;
    }
    this.updates.push({ length: end - start + HEADER_LENGTH, codes, raw, announced, withdrawn });
  }

  #withdraw(family: number, text: string): void {
    if (!this.tables[family]!.delete(text)) this.needless++;
    this.#stale.get(family)?.delete(text);
  }

  #announce(family: number, bytes: Uint8Array, start: number, end: number, mp: boolean): string[] {
    const blob = new ByteWriter();
    writeCanonicalBlob(this.#frame, bytes, this.#context, mp, blob);
    const view = readAttributes(blob.bytes, 0, blob.length);
    const unknown = view.unknown.map(({ code, hex }) => ` ${code}=${hex}`).join('');
    const text = describeAttributes(view.attributes) + unknown;
    const prefixes = readNlri(bytes, start, end, family);
    for (const announced of prefixes) {
      this.tables[family]!.set(announced, text);
      this.#stale.get(family)?.delete(announced);
    }
    return prefixes;
  }
}

function readNlri(bytes: Uint8Array, start: number, end: number, family: number): string[] {
  const prefixes: string[] = [];
  for (let at = start; at < end; ) {
    const length = bytes[at]!;
    const octets = (length + 7) >>> 3;
    const full = new Uint8Array(family === IPV4 ? 4 : 16);
    full.set(bytes.subarray(at + 1, at + 1 + octets));
    prefixes.push(formatPrefix(full, length));
    at += 1 + octets;
  }
  return prefixes;
}

/** What a test says of a session; the rest is an eBGP session of both families with next hop self. */
export interface PeerSettings {
  readonly as?: number;
  readonly routerId?: number;
  readonly address?: string;
  readonly localAddress?: string;
  readonly families?: number;
  readonly as4?: boolean;
  readonly extendedMessage?: boolean;
  readonly extendedNextHop?: number;
  readonly mode?: NextHopParams['mode'];
  readonly self4?: string | undefined;
  readonly self6?: string | undefined;
  readonly subnet?: string;
  readonly import?: RouteTransform;
  readonly export?: RouteTransform;
}

export const SELF4 = '10.0.0.254';
export const SELF6 = '2001:db8:ffff::254';

/** Parameters of a session that says what it hears to `receiver`. */
export function peerParams(
  settings: PeerSettings,
  receiver: { push(bytes: Uint8Array): boolean },
): PeerParams {
  const as = settings.as ?? 65001;
  const sharedSubnet = settings.subnet === undefined ? undefined : prefix(settings.subnet);
  const self = (text: string | undefined) => (text === undefined ? undefined : address(text));
  return {
    external: as !== LOCAL_AS,
    peerAs: as,
    routerId: settings.routerId ?? 0x0a000001,
    address: address(settings.address ?? '10.0.0.1'),
    localAddress: address(settings.localAddress ?? SELF4),
    context: contextOf(settings),
    nextHop: [
      'self4' in settings ? self(settings.self4) : address(SELF4),
      'self6' in settings ? self(settings.self6) : address(SELF6),
    ].map((own) => ({ mode: settings.mode ?? 'self', self: own, sharedSubnet })),
    import: settings.import ?? acceptPolicy,
    export: settings.export ?? acceptPolicy,
    send: (bytes) => receiver.push(bytes),
  };
}

export function contextOf(settings: PeerSettings): WireContext {
  return {
    as4: settings.as4 ?? true,
    external: (settings.as ?? 65001) !== LOCAL_AS,
    extendedMessage: settings.extendedMessage ?? false,
    families: settings.families ?? 3,
    extendedNextHop: settings.extendedNextHop ?? 0,
  };
}

/** A session with its receiver. */
export interface TestPeer {
  index: number;
  settings: PeerSettings;
  readonly receiver: Receiver;
}

/** An engine in which everything is worked off after each step. */
export class Bench {
  readonly engine: Engine;

  constructor(localAs = LOCAL_AS) {
    this.engine = new Engine({
      localAs,
      routerId: ROUTER_ID,
      select: { alwaysCompareMed: false, missingMedAsWorst: false, compareRouterId: true },
      seed: 1,
    });
  }

  /** Works until nothing is left. */
  drain(): void {
    for (let slices = 0; this.engine.work(); slices++)
      if (slices > 100_000) throw new Error('work never ends');
  }

  /** Brings a session up. */
  peer(settings: PeerSettings = {}): TestPeer {
    const receiver = new Receiver(contextOf(settings));
    const index = this.engine.addPeer(peerParams(settings, receiver));
    if (index === undefined) throw new Error('too many peers');
    this.drain();
    return { index, settings, receiver };
  }

  /** Changes a session. */
  change(peer: TestPeer, settings: PeerSettings): void {
    peer.settings = { ...peer.settings, ...settings };
    this.engine.changePeer(peer.index, peerParams(peer.settings, peer.receiver));
    this.drain();
  }

  /** `peer` sends an UPDATE. */
  update(peer: TestPeer, update: Update): Disposition {
    const body = updateBody({ asWidth: contextOf(peer.settings).as4 ? 4 : 2, ...update });
    const disposition = this.engine.ingest(peer.index, body, 0, body.length);
    this.drain();
    return disposition;
  }

  /** `peer` announces IPv4 or IPv6 prefixes, told by the first one. */
  announce(peer: TestPeer, route: Route, ...announce: string[]): Disposition {
    return this.update(peer, { route, announce, family: announce[0]!.includes(':') ? IPV6 : IPV4 });
  }

  /** `peer` withdraws IPv4 or IPv6 prefixes, told by the first one. */
  withdraw(peer: TestPeer, ...withdraw: string[]): Disposition {
    return this.update(peer, { withdraw, family: withdraw[0]!.includes(':') ? IPV6 : IPV4 });
  }

  /** The session of `peer` ends. */
  drop(peer: TestPeer): void {
    this.engine.dropPeer(peer.index);
    this.drain();
  }

  /** A route of our own. */
  network(text: string, blob: Uint8Array): void {
    const { bytes, length } = prefix(text);
    this.engine.announce(text.includes(':') ? IPV6 : IPV4, bytes, length, blob);
    this.drain();
  }

  withdrawNetwork(text: string): boolean {
    const { bytes, length } = prefix(text);
    const known = this.engine.withdraw(text.includes(':') ? IPV6 : IPV4, bytes, length);
    this.drain();
    return known;
  }

  /** The canonical blob of a route, as an IPv4 UPDATE of a peer would give it. */
  blob(route: Route): Uint8Array {
    const out = new ByteWriter();
    attributeBytes(route, true, 4, out);
    return out.take();
  }

  /** Number of update groups of a family. */
  groups(family = IPV4): number {
    return this.engine.exporters[family]!.groups.size;
  }

  /** Everything that must be nothing when all routes are gone. */
  expectEmpty(): void {
    const { engine } = this;
    const counts = engine.ribs.map(({ prefixes, paths }) => [prefixes.count, paths.count]);
    expect({ counts, attrs: engine.attrs.count, dirty: engine.dirty }).toEqual({
      counts: [
        [0, 0],
        [0, 0],
      ],
      attrs: 0,
      dirty: 0,
    });
  }
}

/** A policy that writes every route's attributes anew: `change` gets the blob and says the new one, or undefined. */
export function blobPolicy(
  name: string,
  attrs: AttrTable,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
): RouteTransform {
  return {
    name,
    apply(attr) {
      const { bytes, start, end } = attrs.blob(attr);
      const changed = change(bytes.slice(start, end));
      return changed === undefined ? 0 : attrs.intern(changed, 0, changed.length);
    },
  };
}
