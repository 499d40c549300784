/** Long work in slices, so that sockets and timers get their turn. */

/** Longest time for which the loop is kept, as in the engine. */
const SLICE_MILLISECONDS = 5;

/** Does `work` for each item; ends early, returning false, when `wanted` says so between two slices. */
export async function inSlices<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void,
  wanted: () => boolean,
): Promise<boolean> {
  let until = performance.now() + SLICE_MILLISECONDS;
  for (const item of items) {
    if (performance.now() > until) {
      await otherTurn();
      if (!wanted()) return false;
      until = performance.now() + SLICE_MILLISECONDS;
    }
    work(item);
  }
  return wanted();
}

/** Lets everybody else have a turn first. */
export function otherTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
