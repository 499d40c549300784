/**
 * PrefixLimits: how many prefixes a peer has against how many it may have (`max-prefixes`), and what that leads to.
 * Looked at after every UPDATE; says each thing once until the number falls below the threshold again.
 */
import type { MaxPrefixes } from '../config/peer-features.ts';
import type { Engine } from '../engine/engine.ts';
import { countedPrefixes } from '../engine/limited-ingest.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import type { TableFamily } from '../wire/families/spec.ts';
import { CeaseSubcode, NotificationCode, type NotificationData, notification } from '../wire/notification.ts';

/** What has been said of a family. */
const QUIET = 0;
const WARNED = 1;
const EXCEEDED = 2;

/** The session has to end. */
export interface Excess {
  readonly notification: NotificationData;
  readonly reason: string;
}

export class PrefixLimits {
  readonly #said = UNICAST_FAMILIES.map(() => QUIET);

  /** A new session, or a new limit. */
  reset(): void {
    this.#said.fill(QUIET);
  }

  /**
   * Compares; `warn` gets a sentence for each thing that is new.
   * @returns why the session has to end; undefined when it may go on.
   */
  check(
    engine: Engine,
    peer: PeerIndex,
    limit: MaxPrefixes,
    warn: (reason: string) => void,
  ): Excess | undefined {
    for (const family of UNICAST_FAMILIES) {
      const { index } = family;
      const count = countedPrefixes(engine.ribs[index]!, peer, limit);
      const isOver = count > limit.count || engine.refusedByLimit(peer, index) > 0;
      const level = isOver ? EXCEEDED : count * 100 >= limit.threshold * limit.count ? WARNED : QUIET;
      const before = this.#said[index]!;
      // Around the threshold the number may go up and down all day.
      if (level > before) this.#said[index] = level;
      else if (count * 100 < limit.threshold * limit.count * 0.9 && !isOver) this.#said[index] = QUIET;
      if (level <= before) continue;
      const counted = `${count} ${family.name} prefixes ${limit.counts}, max-prefixes is ${limit.count}`;
      if (level === WARNED) warn(counted);
      else if (limit.action === 'warn') warn(`${counted}: too many`);
      else if (limit.action === 'block')
        warn(`${counted}: more are refused until there is room and the peer announces them again`);
      else return { notification: limitNotification(family, limit.count), reason: counted };
    }
    return undefined;
  }
}

/** Cease/1, with AFI, SAFI and the limit (RFC 4486 section 4). */
function limitNotification({ afi, safi }: TableFamily, count: number): NotificationData {
  const data = new DataView(new ArrayBuffer(7));
  data.setUint16(0, afi);
  data.setUint8(2, safi);
  data.setUint32(3, count);
  return notification(NotificationCode.cease, CeaseSubcode.maximumPrefixes, new Uint8Array(data.buffer));
}
