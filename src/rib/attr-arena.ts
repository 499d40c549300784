/**
 * AttrArena: the bytes of attribute blobs in chunks of 256 KiB.
 *
 * HOT. A blob never straddles chunks. A chunk whose last blob is dropped is used again; when more than half of all
 * bytes are garbage, sparse chunks are emptied by moving their blobs, a few at a time, so a table that shrank gives
 * memory back.
 */
import { growU32 } from '../base/columns.ts';
import { MAX_ATTRIBUTE_CHUNKS } from '../base/limits.ts';

const CHUNK_SHIFT = 18;
const CHUNK_BYTES = 1 << CHUNK_SHIFT;
/** Below this many bytes a loop copies: a view for `set` is garbage. */
const COPY_ONE_BY_ONE = 128;

interface Chunk {
  readonly bytes: Uint8Array;
  /** Bytes in use from the start, garbage included. */
  used: number;
  /** Bytes of blobs that still live. */
  live: number;
}

export class AttrArena {
  /** `chunk << 18 | offset` of an id. */
  #place = new Uint32Array(64);
  /** The first place stays empty: as the current chunk it means none. */
  readonly #chunks: (Chunk | undefined)[] = [undefined];
  #current = 0;
  #live = 0;
  /** Chunks that exist. */
  #allocated = 0;
  /** Chunks that a compaction empties. */
  readonly #emptied = new Set<Chunk>();

  /** Bytes allocated for chunks. */
  get bytes(): number {
    return this.#allocated * CHUNK_BYTES;
  }

  /** Makes room for ids below `capacity`. */
  grow(capacity: number): void {
    this.#place = growU32(this.#place, capacity);
  }

  /** The chunk that holds the blob of `id`. */
  chunkOf(id: number): Uint8Array {
    return this.#chunks[this.#place[id]! >>> CHUNK_SHIFT]!.bytes;
  }

  /** Offset of the blob of `id` in its chunk. */
  startOf(id: number): number {
    return this.#place[id]! & (CHUNK_BYTES - 1);
  }

  /**
   * Copies `bytes[start..end)` (below 256 KiB) in as the blob of `id`.
   * @returns false when all chunks are full ({@link MAX_ATTRIBUTE_CHUNKS}).
   */
  store(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    let chunk = this.#chunks[this.#current];
    if (chunk === undefined || chunk.used + length > CHUNK_BYTES) chunk = this.#open();
    if (chunk === undefined) return false;
    this.#place[id] = ((this.#current << CHUNK_SHIFT) | chunk.used) >>> 0;
    if (length < COPY_ONE_BY_ONE)
      for (let i = start, at = chunk.used; i < end; i++) chunk.bytes[at++] = bytes[i]!;
    else chunk.bytes.set(bytes.subarray(start, end), chunk.used);
    chunk.used += length;
    chunk.live += length;
    this.#live += length;
    return true;
  }

  /** The `length` bytes of `id` are garbage from now on. */
  drop(id: number, length: number): void {
    this.#release(this.#place[id]! >>> CHUNK_SHIFT, length);
  }

  #release(index: number, length: number): void {
    const chunk = this.#chunks[index]!;
    chunk.live -= length;
    this.#live -= length;
    if (chunk.live > 0) return;
    if (index === this.#current) chunk.used = 0;
    else {
      this.#chunks[index] = undefined;
      this.#allocated--;
    }
  }

  /** Whether more than half of at least four chunks is garbage and a compaction can make them fewer. */
  get sparse(): boolean {
    const bytes = this.bytes;
    if (bytes < 4 * CHUNK_BYTES || this.#live * 2 >= bytes) return false;
    // Moving needs a chunk to move to.
    if (bytes >= MAX_ATTRIBUTE_CHUNKS * CHUNK_BYTES) return false;
    return this.#chunks.filter((chunk) => chunk !== undefined && isSparse(chunk)).length >= 2;
  }

  /** Begins to empty the chunks that are less than half alive: every id in use must be given to {@link move}. */
  beginCompaction(): void {
    for (const chunk of this.#chunks) if (chunk !== undefined && isSparse(chunk)) this.#emptied.add(chunk);
    const current = this.#chunks[this.#current];
    if (current?.live === 0) {
      this.#chunks[this.#current] = undefined;
      this.#allocated--;
    }
    this.#current = 0;
  }

  /** Moves the blob of `id`, of `length` bytes, out of a chunk that is being emptied. */
  move(id: number, length: number): void {
    const chunk = this.#chunks[this.#place[id]! >>> CHUNK_SHIFT]!;
    if (!this.#emptied.has(chunk)) return;
    const start = this.startOf(id);
    const index = this.#place[id]! >>> CHUNK_SHIFT;
    if (this.store(id, chunk.bytes, start, start + length)) this.#release(index, length);
  }

  endCompaction(): void {
    this.#emptied.clear();
  }

  #open(): Chunk | undefined {
    const hole = this.#chunks.indexOf(undefined, 1);
    const index = hole < 0 ? this.#chunks.length : hole;
    if (index > MAX_ATTRIBUTE_CHUNKS) return undefined;
    const chunk: Chunk = { bytes: new Uint8Array(CHUNK_BYTES), used: 0, live: 0 };
    this.#current = index;
    this.#allocated++;
    this.#chunks[this.#current] = chunk;
    return chunk;
  }
}

function isSparse(chunk: Chunk): boolean {
  return chunk.live * 2 < CHUNK_BYTES;
}
