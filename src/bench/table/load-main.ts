/**
 * The load process: senders and monitors of one scenario, in a process of their own so that they share no event loop
 * with the program that looks on. Ends when that one does.
 */
import { Load } from './load.ts';
import type { LoadAnswer, LoadRequest, SourceRequest } from './load-protocol.ts';
import { mrtTable } from './mrt-table.ts';
import type { RouteSource } from './route-source.ts';
import { syntheticTable } from './synthetic.ts';

let load: Load | undefined;

process.on('message', (request: LoadRequest) => {
  answer(request).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      process.send?.({ kind: 'failure', message } satisfies LoadAnswer);
    },
  );
});
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group of the terminal; the program that started us decides.
process.on('SIGINT', () => {});

async function answer(request: LoadRequest): Promise<LoadAnswer> {
  if (request.kind === 'prepare') {
    const source = sourceOf(request.source);
    load = new Load(request.source.scenario, source, request.source.seed);
    return { kind: 'prepared', description: source.description };
  }
  if (load === undefined) throw new Error('nothing is prepared');
  return { kind: 'result', result: await load.run(request.run) };
}

function sourceOf({ scenario, prefixes, seed, mrt }: SourceRequest): RouteSource {
  const { addressOctets } = scenario;
  return mrt === undefined
    ? syntheticTable(addressOctets, prefixes, seed)
    : mrtTable(mrt, addressOctets, prefixes);
}
