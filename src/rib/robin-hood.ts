/**
 * Slots of an open-addressing table from keys, which live elsewhere, to ids.
 *
 * HOT. A slot is 0, or an id in its low 26 bits and in its upper 6 bits the distance to the slot that its hash asked
 * for. The distance does three things without a look at the key, which would be a cache miss each time: an entry at
 * another distance is another key; a search ends at the first entry nearer to its home than the search is (Robin Hood
 * order keeps the distances of neighbors even); and a removal knows which entries may move back.
 *
 * Searching is done by the tables themselves, in loops that know the key:
 *
 *     let slot = home, distance = 0;
 *     for (let entry = slots[slot]!; entry !== 0 && entry >>> ID_BITS >= distance; entry = slots[slot]!) {
 *       if (entry >>> ID_BITS === distance && isKey(entry & ID_MASK)) return entry & ID_MASK;
 *       slot = (slot + 1) & (slots.length - 1);
 *       distance++;
 *     }
 */

/** Bits of an id in a slot. */
export const ID_BITS = 26;
export const ID_MASK = 2 ** ID_BITS - 1;
/** Distances are below this; an entry that would be farther away asks for a bigger table. */
const MAX_DISTANCE = 63;
const ONE_FARTHER = 1 << ID_BITS;

/** Signed elements: an unsigned one above 2^31 would be a number on the heap in code that is not optimized yet. */
export type Slots = Int32Array<ArrayBuffer>;

/** Share of the slots that may be taken, and the share below which there should be fewer, by a factor of SHRINK. */
export const MAX_LOAD = 0.75;
export const MIN_LOAD = 1 / 32;
export const SHRINK = 4;
export const MIN_SLOTS = 128;

/** Below this a table grows fourfold, which halves the work of growing. */
const FEW_SLOTS = 2 ** 17;

/**
 * How many slots come after `present` ones that are too few.
 *
 * @param many enough for a full table, which is the step behind the small ones: to move 100,000 ids takes 4
 * milliseconds, to move 400,000 half way to a full table takes 20, in one piece.
 */
export function moreSlots(present: number, many: number): number {
  return present < FEW_SLOTS ? present * 4 : Math.max(present * 2, many);
}

/**
 * Puts `id`, which is not in the table, at `slot` or behind, `distance` from its home; entries nearer to their home
 * make room.
 *
 * @returns 0; or an id that would come too far from its home: the table holds all but this one, and must be larger.
 */
export function place(slots: Slots, slot: number, distance: number, id: number): number {
  // A search may have gone one farther than any entry is.
  if (distance >= MAX_DISTANCE) return id;
  const mask = slots.length - 1;
  let at = slot;
  let carried = (distance << ID_BITS) | id;
  for (;;) {
    const entry = slots[at]!;
    if (entry === 0) {
      slots[at] = carried;
      return 0;
    }
    if (entry >>> ID_BITS < carried >>> ID_BITS) {
      slots[at] = carried;
      carried = entry;
    }
    at = (at + 1) & mask;
    if (carried >>> ID_BITS === MAX_DISTANCE) return carried & ID_MASK;
    carried = (carried + ONE_FARTHER) | 0;
  }
}

/** Takes `id`, which is in the table, out; `home` is the slot that its hash asks for. */
export function unplace(slots: Slots, home: number, id: number): void {
  const mask = slots.length - 1;
  let hole = home;
  while ((slots[hole]! & ID_MASK) !== id) hole = (hole + 1) & mask;
  for (;;) {
    const next = (hole + 1) & mask;
    const entry = slots[next]!;
    if (entry >>> ID_BITS === 0) break;
    slots[hole] = (entry - ONE_FARTHER) | 0;
    hole = next;
  }
  slots[hole] = 0;
}
