/**
 * How the code of a daemon is compiled: with one optimizing compiler of V8 instead of two (no Maglev). A warm daemon is
 * as fast, and the memory that the other one works in does not come back: some 20 MB after a full table.
 *
 * As an option at the start of the process this would double the time it takes: V8 then refuses compiled code that was
 * made with other options, such as that of Node's own modules. So it is switched off when all is loaded, and on again
 * while more is.
 */
import { flushCompileCache } from 'node:module';

/**
 * How much the JavaScript heap and the memory of new tables may grow, in percent of the heap, before old objects are
 * collected, while a table may come in: what V8 allows a heap that it thinks well of. The heap is small and the tables
 * are not, so that their growth, which leaves no garbage, would make V8 collect five times during a full table.
 */
const HEAP_GROWTH = 300;
/** Milliseconds from the start of a session in which its table has come. */
const TABLE_MILLISECONDS = 60_000;
/** More than the heap may grow by then. */
const NEVER_TOUCHED_BYTES = 128 * 1024 * 1024;

let tableEnd: NodeJS.Timeout | undefined;

/** How many are loading. */
let loading = 0;

/** Everything is loaded: from now on code is compiled as above. What was compiled so far is kept for the next start. */
export function settleCode(): void {
  if (loading > 0) return;
  flushCompileCache();
  setFlag('--no-maglev');
}

/** A session is up, or will be soon: its table may grow in peace. */
export function expectTable(): void {
  setFlag(`--heap-growing-percent=${HEAP_GROWTH}`);
  clearTimeout(tableEnd);
  tableEnd = setTimeout(() => {
    setFlag('--heap-growing-percent=0');
    collectSoon();
  }, TABLE_MILLISECONDS).unref();
}

/** The new limit counts from the next collection. This asks for one: memory that is never touched costs nothing. */
function collectSoon(): void {
  try {
    new ArrayBuffer(NEVER_TOUCHED_BYTES).transfer(0);
  } catch {
    // Where so much address space is not to be had (`ulimit -v`), V8 collects when the heap has grown to the old limit.
  }
}

/** Loads more code. */
export async function loadCode<Result>(load: () => Promise<Result>): Promise<Result> {
  setFlag('--maglev');
  loading++;
  try {
    return await load();
  } finally {
    loading--;
    settleCode();
  }
}

function setFlag(flag: string): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(flag);
}
