/**
 * WarmUp: lets the compiler of the JavaScript engine see the UPDATE path before the first peer does.
 *
 * Code that runs for the first time is interpreted, then compiled while it runs: the first 100,000 routes after a
 * start cost four times what the next ones do, and that is when routers wait for us. So a fresh daemon announces and
 * withdraws made-up routes in an engine that it throws away, in short slices, until a session is up or it knows
 * enough. What is learnt depends on the families, so only those of the configuration are used.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/types.ts';
import { Engine } from '../engine/engine.ts';
import type { PeerParams } from '../engine/peer-params.ts';
import { acceptPolicy } from '../policy/defaults.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';

/** Milliseconds of a slice, and UPDATEs in all: more of them change nothing in the speed. */
const SLICE = 4;
const UPDATES = 12_000;
/** Routes stay few, so that the tables stay small. */
const PREFIXES = 4096;

/**
 * Warms up for the families of `config` in the background, until `isBusy`: from then on the peers have our time.
 */
export function warmUp(config: Config, clock: Clock, isBusy: () => boolean): void {
  const peers = [...config.neighbors, ...config.dynamicNeighbors];
  const names = new Set(peers.flatMap(({ families }) => families));
  const families = UNICAST_FAMILIES.filter(({ name }) => names.has(name)).map(({ index }) => index);
  if (families.length === 0) return;
  const work = new WarmUp(families);
  const slice = () => {
    if (!isBusy() && work.work(() => clock.now())) clock.soon(slice);
  };
  clock.soon(slice);
}

class WarmUp {
  readonly #engine: Engine;
  readonly #families: readonly number[];
  readonly #from: PeerIndex;
  readonly #update = new ByteWriter(512);
  #done = 0;

  /** @param families indexes of the families to expect */
  constructor(families: readonly number[]) {
    this.#families = families;
    this.#engine = new Engine({
      localAs: 1,
      routerId: 1,
      select: { alwaysCompareMed: false, missingMedAsWorst: false, compareRouterId: false },
      seed: 1,
    });
    this.#from = this.#engine.addPeer(peer(families, 2))!;
    this.#engine.addPeer(peer(families, 3));
  }

  /** One slice; returns whether there is more to do. */
  work(now: () => number): boolean {
    const end = now() + SLICE;
    while (this.#done < UPDATES && now() < end) {
      for (const family of this.#families) {
        const out = this.#update;
        out.reset();
        writeUpdate(family, this.#done, out);
        this.#engine.ingest(this.#from, out.bytes, 0, out.length);
      }
      this.#done++;
      if (this.#done % 64 === 0) while (this.#engine.work());
    }
    return this.#done < UPDATES;
  }
}

/** The body of UPDATE `n`: six routes, withdrawn in every eighth. */
export function writeUpdate(family: number, n: number, out: ByteWriter): void {
  if (n % 8 === 7) writeWithdrawn(family, n, out);
  else writeAnnounced(family, n, out);
}

function writeWithdrawn(family: number, n: number, out: ByteWriter): void {
  if (family === 0) {
    out.u16(6 * 4);
    writePrefixes4(n - 1, out);
    out.u16(0);
    return;
  }
  out.u16(0);
  out.u16(6 * 7 + 7);
  for (const octet of [0x90, 15, 0, 6 * 7 + 3, 0, 2, 1]) out.u8(octet);
  writePrefixes6(n - 1, out);
}

function writeAnnounced(family: number, n: number, out: ByteWriter): void {
  const hops = 2 + (n % 4);
  out.u16(0);
  const at = out.length;
  out.u16(0);
  if (family !== 0) {
    for (const octet of [0x90, 14, 0, 6 * 7 + 21, 0, 2, 1, 16, 0x20, 1, 0xd, 0xb8]) out.u8(octet);
    for (let i = 0; i < 11; i++) out.u8(0);
    out.u16(2 << 8);
    writePrefixes6(n, out);
  }
  for (const octet of [0x40, 1, 1, 0, 0x40, 2, 2 + hops * 4, 2, hops]) out.u8(octet);
  out.u32(2);
  for (let i = 1; i < hops; i++) out.u32(1000 + ((n * 7 + i) % 5000));
  if (family === 0) for (const octet of [0x40, 3, 4, 192, 0, 2, 2]) out.u8(octet);
  if (n % 2 === 0) {
    for (const octet of [0xc0, 8, 8]) out.u8(octet);
    out.u32(0x00020001 + (n % 100));
    out.u32(0x00020fff);
  }
  out.patchU16(at, out.length - at - 2);
  if (family === 0) writePrefixes4(n, out);
}

function writePrefixes4(n: number, out: ByteWriter): void {
  for (let i = 0; i < 6; i++) {
    out.u8(24);
    out.u8(10);
    out.u16((n * 6 + i) % PREFIXES);
  }
}

function writePrefixes6(n: number, out: ByteWriter): void {
  for (let i = 0; i < 6; i++) {
    out.u8(48);
    out.u32(0x20010db8);
    out.u16((n * 6 + i) % PREFIXES);
  }
}

function peer(families: readonly number[], n: number): PeerParams {
  const self = [
    Uint8Array.of(192, 0, 2, 1),
    Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
  ];
  return {
    external: true,
    peerAs: n,
    routerId: n,
    address: Uint8Array.of(192, 0, 2, n),
    ownAddresses: self,
    context: {
      as4: true,
      external: true,
      families: families.reduce((bits, family) => bits | (1 << family), 0),
      extendedNextHop: 0,
      extendedMessage: false,
    },
    nextHop: self.map((address) => ({ mode: 'self', self: address, sharedSubnet: undefined })),
    import: acceptPolicy,
    export: acceptPolicy,
    send: () => true,
  };
}
