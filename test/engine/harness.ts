/**
 * What the engine tests share: sessions whose `send` goes to a receiver, and an engine in which every step is worked
 * off at once.
 */
import { expect } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { NextHopParams, PeerParams } from '../../src/engine/peer-params.ts';
import {
  type ExportOptions,
  type ImportOptions,
  PLAIN_SESSION,
  type PrefixLimit,
} from '../../src/engine/session-options.ts';
import { acceptPolicy } from '../../src/policy/defaults.ts';
import type { AttrTable } from '../../src/rib/attr-table.ts';
import type { RouteTransform } from '../../src/rib/transform.ts';
import type { Disposition } from '../../src/wire/attributes/spec.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { Receiver } from './receiver.ts';
import {
  address,
  attributeBytes,
  IPV4,
  IPV6,
  prefix,
  type Route,
  type Update,
  updateBody,
} from './update-body.ts';

export const LOCAL_AS = 65000;
export const ROUTER_ID = 0x0a0000fe;

/** What a test says of a session; the rest is an eBGP session of both families with next hop self. */
export interface PeerSettings {
  readonly as?: number;
  readonly routerId?: number;
  readonly address?: string;
  readonly localAddress?: string;
  /** Default: the local address. */
  readonly ownAddresses?: readonly string[];
  readonly families?: number;
  readonly as4?: boolean;
  readonly extendedMessage?: boolean;
  readonly extendedNextHop?: number;
  readonly mode?: NextHopParams['mode'];
  readonly self4?: string | undefined;
  readonly self6?: string | undefined;
  readonly subnet?: string;
  /** Peer group, for policies that ask for it. */
  readonly group?: string;
  readonly import?: RouteTransform;
  readonly export?: RouteTransform;
  readonly importOptions?: Partial<ImportOptions>;
  readonly exportOptions?: Partial<ExportOptions>;
  readonly limit?: PrefixLimit;
  readonly firstAs?: number;
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
    ownAddresses: (settings.ownAddresses ?? [settings.localAddress ?? SELF4]).map(address),
    context: contextOf(settings),
    nextHop: [
      'self4' in settings ? self(settings.self4) : address(SELF4),
      'self6' in settings ? self(settings.self6) : address(SELF6),
    ].map((own) => ({ mode: settings.mode ?? 'self', self: own, sharedSubnet })),
    identity: { address: settings.address ?? '10.0.0.1', group: settings.group },
    import: settings.import ?? acceptPolicy,
    export: settings.export ?? acceptPolicy,
    options: {
      import: { ...PLAIN_SESSION.import, ...settings.importOptions },
      export: { ...PLAIN_SESSION.export, ...settings.exportOptions },
      limit: settings.limit,
      firstAs: settings.firstAs,
    },
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
    key: name,
    perPrefix: false,
    passesNextHop: false,
    apply(attr) {
      const { bytes, start, end } = attrs.blob(attr);
      const changed = change(bytes.slice(start, end));
      return changed === undefined ? 0 : attrs.intern(changed, 0, changed.length);
    },
  };
}
