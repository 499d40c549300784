/** Runs commands against the engine and the naive speaker side by side, and compares the two. */
import { expect } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import type { RouteTransform } from '../../src/rib/transform.ts';
import { forEachAttribute, writeAttribute } from '../../src/wire/attributes/blob.ts';
import { readAttributes } from '../../src/wire/attributes/view.ts';
import {
  Bench,
  blobPolicy,
  contextOf,
  type PeerSettings,
  peerParams,
  SELF4,
  SELF6,
} from '../engine/harness.ts';
import { Receiver } from '../engine/receiver.ts';
import { prefix as prefixOf, type Route, updateBody } from '../engine/update-body.ts';
import { type Command, LOCAL_AS, POLICIES, type PolicyName, PREFIXES, ROUTES } from './commands.ts';
import { familyOf, type NaivePeer, type NaiveRoute, NaiveSpeaker } from './naive-speaker.ts';

/** Two share a group in both families, a third in IPv6; router ids tie; one is a 2-octet speaker. */
export const PEERS: readonly PeerSettings[] = [
  { as: 65001, routerId: 11, address: '10.0.0.1' },
  { as: 65001, routerId: 12, address: '10.0.0.2' },
  { as: 65002, routerId: 12, address: '10.0.0.3', as4: false, mode: 'third-party', subnet: '10.0.0.0/24' },
  { as: LOCAL_AS, routerId: 9, address: '10.0.0.4', mode: 'unchanged' },
  { as: LOCAL_AS, routerId: 10, address: '10.0.0.5', mode: 'unchanged' },
  { as: 65003, routerId: 8, address: '10.0.0.6', families: 2, localAddress: SELF6 },
];

interface Session {
  readonly index: number;
  readonly receiver: Receiver;
  readonly naive: NaivePeer;
  readonly settings: PeerSettings;
  importName: PolicyName;
  exportName: PolicyName;
}

export class ModelRun {
  readonly bench = new Bench(LOCAL_AS);
  readonly naive = new NaiveSpeaker(LOCAL_AS);
  readonly sessions = new Map<number, Session>();
  readonly #policies: Record<PolicyName, RouteTransform>;

  constructor() {
    const { attrs } = this.bench.engine;
    const filter = (name: string, code: number) =>
      blobPolicy(name, attrs, (bytes) => (hasTagOrMed(bytes, code) ? undefined : bytes));
    this.#policies = {
      accept: blobPolicy('accept', attrs, (bytes) => bytes),
      reject: blobPolicy('reject', attrs, () => undefined),
      'no tag': filter('no tag', 8),
      'no med': filter('no med', 4),
      prefer: blobPolicy('prefer', attrs, (bytes) => withLocalPref(bytes, 200)),
    };
  }

  run(command: Command): void {
    const { engine } = this.bench;
    if (command.kind === 'work') {
      for (let i = 0; i < command.slices; i++) engine.work();
    } else if (command.kind === 'check') this.check();
    else if (command.kind === 'toggle') this.#toggle(command.peer);
    else if (command.kind === 'network') {
      const text = PREFIXES[command.prefix]!;
      const { bytes, length } = prefixOf(text);
      const route = ROUTES[command.route]!;
      this.naive.local.set(text, route);
      engine.announce(familyOf(text), bytes, length, this.bench.blob(asRoute(route, familyOf(text))));
    } else if (command.kind === 'no network') this.#withdrawNetwork(PREFIXES[command.prefix]!);
    else {
      const session = this.sessions.get(command.peer);
      if (session !== undefined) this.#onSession(command, session);
    }
  }

  #onSession(command: Command, session: Session): void {
    const { engine } = this.bench;
    const { index, naive, receiver } = session;
    switch (command.kind) {
      case 'announce':
      case 'withdraw':
        this.#update(session, command);
        break;
      case 'import':
      case 'export':
        if (command.kind === 'import') session.importName = command.policy;
        else session.exportName = command.policy;
        naive[command.kind] = POLICIES[command.policy];
        engine.changePeer(index, this.#params(session));
        break;
      case 'refresh':
        engine.refresh(index, command.family, command.enhanced);
        break;
      case 'begin':
        this.naive.beginRefresh(naive, command.family);
        engine.beginRefresh(index, command.family);
        break;
      case 'end':
        this.naive.endRefresh(naive, command.family);
        engine.endRefresh(index, command.family);
        break;
      case 'slow':
        receiver.room = false;
        break;
      case 'fast':
        receiver.room = true;
        engine.resume(index);
        break;
    }
  }

  /** One UPDATE for each family that has a prefix in the set. */
  #update(session: Session, command: Command & { kind: 'announce' | 'withdraw' }): void {
    const { index, naive } = session;
    const chosen = PREFIXES.filter((_, i) => (command.prefixes & (1 << i)) !== 0);
    for (const family of naive.families) {
      const prefixes = chosen.filter((text) => familyOf(text) === family);
      if (prefixes.length === 0) continue;
      const asWidth = session.settings.as4 === false ? 2 : 4;
      if (command.kind === 'withdraw') {
        for (const text of prefixes) naive.adjIn.delete(text);
        this.#ingest(index, updateBody({ withdraw: prefixes, family }));
      } else {
        const sent = ROUTES[command.route]!;
        // AS4_PATH is the business of other tests: a 2-octet speaker sends AS_TRANS.
        const path = asWidth === 2 ? sent.path.map((as) => (as > 0xffff ? 23456 : as)) : sent.path;
        const route = { ...sent, path };
        for (const text of prefixes) this.naive.announce(naive, text, route);
        this.#ingest(
          index,
          updateBody({ route: asRoute(route, family), announce: prefixes, family, asWidth }),
        );
      }
    }
  }

  #ingest(index: number, body: Uint8Array): void {
    expect(this.bench.engine.ingest(index, body, 0, body.length)).toBeLessThan(2);
  }

  #toggle(number: number): void {
    const session = this.sessions.get(number);
    if (session !== undefined) {
      this.bench.engine.dropPeer(session.index);
      this.sessions.delete(number);
      this.naive.peers.delete(number);
      return;
    }
    const settings = PEERS[number]!;
    const receiver = new Receiver(contextOf(settings));
    receiver.keep = false;
    const naive: NaivePeer = {
      external: settings.as !== LOCAL_AS,
      routerId: settings.routerId!,
      addressOrder: number,
      families: [0, 1].filter((family) => ((settings.families ?? 3) & (1 << family)) !== 0),
      mode: settings.mode ?? 'self',
      self: [SELF4, SELF6],
      subnet: settings.subnet === undefined ? undefined : '10.0.0.',
      localAddress: settings.localAddress ?? SELF4,
      import: POLICIES.accept,
      export: POLICIES.accept,
      adjIn: new Map(),
    };
    const started = { receiver, naive, settings, importName: 'accept', exportName: 'accept' } as const;
    const index = this.bench.engine.addPeer(this.#params(started));
    this.sessions.set(number, { ...started, index: index! });
    this.naive.peers.set(number, naive);
  }

  #params(session: Omit<Session, 'index'>) {
    return peerParams(
      {
        ...session.settings,
        import: this.#policies[session.importName],
        export: this.#policies[session.exportName],
      },
      session.receiver,
    );
  }

  #withdrawNetwork(text: string): void {
    const { bytes, length } = prefixOf(text);
    const known = this.bench.engine.withdraw(familyOf(text), bytes, length);
    expect(known).toBe(this.naive.local.delete(text));
  }

  /** Works everything off and compares all that can be seen. */
  check(): void {
    this.bench.drain();
    this.#checkBest();
    for (const session of this.sessions.values()) {
      const { naive, index, receiver } = session;
      for (const family of naive.families) this.#checkCounters(session, family);
      expect(receiver.needless).toBe(0);
      if (!receiver.room) continue;
      const told = new Map([...receiver.tables[0]!, ...receiver.tables[1]!]);
      const expected = this.naive.told(naive);
      expect(sorted(told), `peer ${index}`).toEqual(sorted(expected));
      expect(receiver.refreshing).toBe(false);
      const ended = receiver.marks.filter((mark) => mark.startsWith('eor '));
      expect(ended.length).toBe(naive.families.length);
    }
    expect(this.bench.engine.exporters.every((exporter) => !exporter.busy)).toBe(true);
  }

  #checkBest(): void {
    for (const text of PREFIXES) {
      const rib = this.bench.engine.ribs[familyOf(text)]!;
      const { bytes, length } = prefixOf(text);
      const row = rib.best[rib.prefixes.findBytes(bytes, length)] ?? 0;
      const best = this.naive.best(text);
      const expected = [...this.sessions.values()].find(({ naive }) => naive === best?.peer)?.index ?? 0;
      expect([text, row !== 0, row === 0 ? 0 : rib.paths.peer[row]]).toEqual([
        text,
        best !== undefined,
        expected,
      ]);
    }
  }

  #checkCounters({ index, naive, receiver }: Session, family: number): void {
    const { ribs, exporters } = this.bench.engine;
    const received = [...naive.adjIn.keys()].filter((text) => familyOf(text) === family);
    const accepted = received.filter((text) => this.naive.accepted(naive, text) !== undefined);
    const rib = ribs[family]!;
    expect([rib.received[index] ?? 0, rib.accepted[index] ?? 0]).toEqual([received.length, accepted.length]);
    const group = exporters[family]!.groupOf(index)!;
    expect(group.advertisedTo(index)).toBe(receiver.tables[family]!.size);
  }

  /** Everybody can read again: groups with equal keys must be one. Then all go, and nothing must be left. */
  finish(): void {
    for (const { index, receiver } of this.sessions.values()) {
      receiver.room = true;
      this.bench.engine.resume(index);
    }
    this.check();
    for (const { groups } of this.bench.engine.exporters)
      expect(new Set([...groups].map(({ key }) => key)).size).toBe(groups.size);
    for (const number of [...this.sessions.keys()]) this.#toggle(number);
    for (const text of [...this.naive.local.keys()]) this.#withdrawNetwork(text);
    this.check();
    this.bench.expectEmpty();
  }
}

function asRoute(route: NaiveRoute, family: number): Route {
  return { ...route, nextHop: route.nextHop[family]! };
}

function sorted(table: Map<string, string>): [string, string][] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whether the blob has a MED (4), or communities (8) with the tag. */
function hasTagOrMed(bytes: Uint8Array, code: number): boolean {
  const { attributes } = readAttributes(bytes, 0, bytes.length);
  if (code === 4) return attributes.med !== undefined;
  return attributes.communities?.includes(((LOCAL_AS << 16) | 1) >>> 0) ?? false;
}

/** The blob with this LOCAL_PREF instead of its own, at its end: the order of attributes is free. */
function withLocalPref(bytes: Uint8Array, localPref: number): Uint8Array {
  const out = new ByteWriter();
  forEachAttribute(bytes, 0, bytes.length, (code, flags, start, end) => {
    if (code !== 5) writeAttribute(out, flags, code, bytes, start, end);
  });
  writeAttribute(out, 0x40, 5, Uint8Array.of(0, 0, localPref >>> 8, localPref));
  return out.take();
}
