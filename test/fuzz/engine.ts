/**
 * A whole engine under fuzz: peers of different kinds that send anything, one that sends a few good routes and
 * one that only listens. The last two must not notice the others, and when those are gone nothing is left.
 */
import { Engine } from '../../src/engine/engine.ts';
import type { PeerParams } from '../../src/engine/peer-params.ts';
import type { FuzzContext } from '../../src/fuzz/context.ts';
import { acceptPolicy } from '../../src/policy/defaults.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { FAMILIES, familyIndex } from '../../src/wire/families/index.ts';
import { updateFaultAt, updateFaultClause } from '../../src/wire/fault-place.ts';
import { Framer } from '../../src/wire/framer.ts';
import { MessageType } from '../../src/wire/message.ts';
import { readRouteRefresh } from '../../src/wire/route-refresh.ts';
import { must, mustEqual } from './finding.ts';
import { Listener } from './listener.ts';

const LOCAL_AS = 65000;
const UNICAST = 0b11;
const DISPOSITIONS: readonly number[] = Object.values(Disposition);
/** Far more than any message can cause. */
const MAX_SLICES = 100_000;

/** Good routes of the bystander: 198.51.100.0/24 and 2001:db8:b::/48, from AS 65009. */
const GOOD: readonly string[] = [
  '000000144001010040020602010000fdf1400304c633640118c63364',
  '0000002c800e1c0002011020010db8000000000000000000000009003020010db8000b4001010040020602010000fdf1',
];

/**
 * Sessions of the attackers: external and internal, wide and narrow AS numbers, long and short messages, one family or
 * both, families that can be closed alone, sets in paths refused, over loopback. The engine has no ADD-PATH yet; the
 * codec is fuzzed with it.
 */
export const ATTACKERS: readonly { readonly as: number; readonly context: FuzzContext }[] = [
  { as: 65001, context: contextOf({ external: true }) },
  { as: 65002, context: contextOf({ external: true, as4: false, extendedNextHop: 1 }) },
  { as: LOCAL_AS, context: contextOf({ external: false, extendedNextHop: 1 }) },
  { as: 65003, context: contextOf({ external: true, as4: false, extendedMessage: true }) },
  { as: 65004, context: contextOf({ external: true, familyDisable: true, rejectAsSet: true }) },
  { as: LOCAL_AS, context: contextOf({ external: false, familyDisable: true, extendedMessage: true }) },
  { as: 65005, context: contextOf({ external: true, families: 0b10, rejectAsSet: true, loopback: true }) },
];

function contextOf(partial: Partial<FuzzContext>): FuzzContext {
  return {
    as4: true,
    external: true,
    extendedMessage: false,
    families: UNICAST,
    extendedNextHop: 0,
    addPath: 0,
    loopback: false,
    rejectAsSet: false,
    familyDisable: false,
    ...partial,
  };
}

export class EngineFuzz {
  /** UPDATEs and ROUTE-REFRESHs taken. */
  taken = 0;
  resets = 0;
  /** Families closed in a session that went on. */
  disabled = 0;
  readonly #engine: Engine;
  readonly #attackers: number[] = [];
  readonly #bystander: number;
  readonly #bystanderHears: Listener;
  readonly #watcherHears: Listener;
  readonly #baseline: unknown;

  constructor() {
    this.#engine = new Engine({
      localAs: LOCAL_AS,
      routerId: 0x0a0000fe,
      select: { alwaysCompareMed: false, missingMedAsWorst: false, compareRouterId: true },
      seed: 1,
    });
    const context = contextOf({});
    this.#bystanderHears = new Listener(context);
    this.#watcherHears = new Listener(context);
    this.#bystander = this.#join(65009, context, 9, this.#bystanderHears);
    this.#join(65010, context, 10, this.#watcherHears);
    for (const hex of GOOD) {
      const body = Buffer.from(hex, 'hex');
      const disposition = this.#engine.ingest(this.#bystander, body, 0, body.length);
      must(disposition === Disposition.accept, 'the good routes are not accepted');
    }
    this.#drain();
    this.#baseline = this.#state();
    for (const index of ATTACKERS.keys()) this.#attackers[index] = this.#joinAttacker(index);
  }

  /** Attacker `index` sends `stream`, any octets. */
  send(index: number, stream: Uint8Array): void {
    const { context } = ATTACKERS[index]!;
    let reset = false;
    const framer = new Framer({
      message: (type, bytes, start, end) => {
        if (reset) return;
        reset = this.#message(index, type, bytes, start, end);
        if (reset) framer.stop();
      },
    });
    framer.extendedMessage = context.extendedMessage;
    if (framer.push(stream) !== undefined) reset = true;
    if (!reset) return;
    this.resets++;
    this.#engine.dropPeer(this.#attackers[index]!);
    this.#attackers[index] = this.#joinAttacker(index);
  }

  /** Does some of what waits. */
  work(amount: 'none' | 'slice' | 'all'): void {
    if (amount === 'all') this.#drain();
    else if (amount === 'slice') this.#engine.work();
  }

  /** All attackers leave: nothing of them is left anywhere. Then they come back. */
  flush(): void {
    for (const peer of this.#attackers) this.#engine.dropPeer(peer);
    this.#drain();
    mustEqual(this.#state(), this.#baseline, 'what is left when the attackers are gone');
    for (const index of ATTACKERS.keys()) this.#attackers[index] = this.#joinAttacker(index);
    this.#drain();
  }

  #message(index: number, type: number, bytes: Uint8Array, start: number, end: number): boolean {
    const peer = this.#attackers[index]!;
    if (type === MessageType.update) {
      this.taken++;
      const disposition = this.#engine.ingest(peer, bytes, start, end);
      must(DISPOSITIONS.includes(disposition), `no disposition: ${disposition}`);
      const { disabledFamilies } = this.#engine.frame;
      must(
        disposition === Disposition.sessionReset ||
          (disabledFamilies !== 0) === (disposition === Disposition.disableFamily),
        'a family closed without saying so, or the reverse',
      );
      this.#checkFault(ATTACKERS[index]!.context, bytes, start, end);
      if (disposition === Disposition.disableFamily) this.#disable(index, disabledFamilies);
      return disposition === Disposition.sessionReset;
    }
    if (type !== MessageType.routeRefresh) return false;
    const result = readRouteRefresh(bytes, start, end);
    if (!result.ok) return true;
    const { afi, safi, subtype } = result.refresh;
    const family = familyIndex(afi, safi);
    if (family < 0 || (UNICAST & (1 << family)) === 0) return false;
    this.taken++;
    if (subtype === 0) this.#engine.refresh(peer, family, index % 2 === 0);
    else if (subtype === 1) this.#engine.beginRefresh(peer, family);
    else if (subtype === 2) this.#engine.endRefresh(peer, family);
    return false;
  }

  /** What the error ring keeps of a broken UPDATE. */
  #checkFault(context: FuzzContext, bytes: Uint8Array, start: number, end: number): void {
    const { frame } = this.#engine;
    if (frame.disposition === Disposition.accept) return;
    const at = updateFaultAt(frame, bytes, start, end, context);
    must(at >= start && at <= end, () => `a fault at ${at - start} of ${end - start} octets`);
    must(/^RFC \d+/.test(updateFaultClause(frame, bytes)), 'a fault without a clause');
  }

  /** As the speaker does: the families are closed until the session ends. */
  #disable(index: number, families: number): void {
    const { context } = ATTACKERS[index]!;
    must(context.familyDisable, 'a family is closed that cannot be closed alone');
    must((families & ~context.families) === 0, 'a family is closed that was not agreed');
    for (const { index: family, name } of FAMILIES) {
      if ((families & (1 << family)) === 0) continue;
      this.disabled++;
      this.#engine.disableFamily(this.#attackers[index]!, family, name);
    }
  }

  #joinAttacker(index: number): number {
    const { as, context } = ATTACKERS[index]!;
    // Sets are refused by a choice of the receiver, of which the sender knows nothing.
    const hears = new Listener({ ...context, rejectAsSet: false });
    return this.#join(as, context, index + 1, hears);
  }

  #join(as: number, context: FuzzContext, host: number, listener: Listener): number {
    const params: PeerParams = {
      external: as !== LOCAL_AS,
      peerAs: as,
      routerId: 0x0a000000 + host,
      address: Uint8Array.of(10, 0, 0, host),
      ownAddresses: [Uint8Array.of(10, 0, 0, 254)],
      context,
      nextHop: FAMILIES.map(({ afi }) => ({
        mode: 'self',
        self: (afi as number) === 1 ? Uint8Array.of(10, 0, 0, 254) : OWN6,
        sharedSubnet: undefined,
      })),
      import: acceptPolicy,
      export: acceptPolicy,
      send: (bytes) => listener.push(bytes),
    };
    const peer = this.#engine.addPeer(params);
    must(peer !== undefined, 'peer indexes run out: sessions that ended are not forgotten');
    return peer;
  }

  #drain(): void {
    for (let slices = 0; this.#engine.work(); slices++) must(slices < MAX_SLICES, 'work never ends');
  }

  #state(): unknown {
    const { ribs, attrs, dirty } = this.#engine;
    return {
      prefixes: ribs.map((rib) => rib.prefixes.count),
      paths: ribs.map((rib) => rib.paths.count),
      attributes: attrs.count,
      dirty,
      bystander: this.#bystanderHears.tables,
      watcher: this.#watcherHears.tables.map((table) => new Set(table)),
    };
  }
}

const OWN6 = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe);
