/**
 * The thread that reads manifests: looks when it is told to, and hands the outcome over piece by piece, each when the
 * one before was taken, so that nobody has to unpack a megabyte in one turn. `reader-thread.ts` is the other side.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { OwnRoute } from '../../speaker/own-routes.ts';
import type { Surroundings } from './peers.ts';
import { type Memory, type Outcome, Reading, type ReadingSettings } from './reading.ts';
import type { MetallbObject } from './status.ts';

/** Objects or routes in one piece: well below a millisecond to unpack. */
const PIECE_LENGTH = 100;

/** Look, or hand over the next piece. */
export type Order = { readonly look: Surroundings } | { readonly next: true };

/** What is small, or cannot be cut. */
export type Rest = Omit<Outcome, 'objects' | 'routes'>;

export type Piece =
  | { readonly kind: 'objects'; readonly objects: readonly MetallbObject[] }
  | { readonly kind: 'routes'; readonly routes: readonly OwnRoute[] }
  | { readonly kind: 'end'; readonly rest: Rest; readonly memory: Memory }
  | { readonly kind: 'failure'; readonly reason: string };

const reading = new Reading(workerData as ReadingSettings);

function* piecesOf({ objects, routes, ...rest }: Outcome): Generator<Piece> {
  for (let i = 0; i < objects.length; i += PIECE_LENGTH)
    yield { kind: 'objects', objects: objects.slice(i, i + PIECE_LENGTH) };
  for (let i = 0; i < routes.length; i += PIECE_LENGTH)
    yield { kind: 'routes', routes: routes.slice(i, i + PIECE_LENGTH) };
  yield { kind: 'end', rest, memory: reading.memory() };
}

let pieces: Iterator<Piece> = ([] as Piece[]).values();

parentPort?.on('message', (order: Order) => {
  try {
    if ('look' in order) pieces = piecesOf(reading.look(order.look));
    const { value, done } = pieces.next();
    if (done !== true) parentPort?.postMessage(value, value.kind === 'end' ? [value.memory.buffer] : []);
  } catch (error) {
    parentPort?.postMessage({ kind: 'failure', reason: (error as Error).message } satisfies Piece);
  }
});
