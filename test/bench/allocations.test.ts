/** The hot path allocates nothing: neither framing, nor the check, nor the walk over prefixes, nor interning. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { allocatedBytes } from '../../src/bench/measure.ts';
import { Pipeline, Stage } from '../../src/bench/pipeline.ts';
import { type Shape, sampleUpdates } from '../../src/bench/samples.ts';
import type { WireContext } from '../../src/wire/session-context.ts';

const CONTEXT: WireContext = {
  as4: true,
  external: false,
  extendedMessage: true,
  families: 3,
  extendedNextHop: 0,
};
const UPDATES = 100_000;
const ROUNDS = 40;
/** Of the reading itself, and of code that the engine compiles meanwhile; one object a message would be 1.6 MB. */
const BOUND = 64 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const SHAPES: readonly (readonly [name: string, shape: Shape])[] = [
  ['a typical set', { attributes: 'typical', prefixes: 10 }],
  ['a rich set', { attributes: 'rich', prefixes: 10 }],
  ['IPv6', { attributes: 'typical', prefixes: 10, addressOctets: 16 }],
  ['2-octet AS numbers', { attributes: 'rich', prefixes: 10, asWidth: 2 }],
];
const STAGES = ['frame', 'check', 'nlri', 'intern'] as const;

test.each(SHAPES.flatMap(([name, shape]) => STAGES.map((stage) => [stage, name, shape] as const)))(
  '%s: 100,000 UPDATEs with %s allocate nothing',
  (stage, _name, shape) => {
    const { bytes, messages } = sampleUpdates(shape, 1);
    const pipeline = new Pipeline(Stage[stage], { ...CONTEXT, as4: shape.asWidth !== 2 });
    const passes = Math.ceil(UPDATES / messages);
    const work = (): void => {
      for (let pass = 0; pass < passes; pass++) pipeline.run(bytes);
    };
    work();
    expect(pipeline.faults).toBe(0);
    // On a busy machine it takes a while until the code is compiled; warm is when a round allocates nothing.
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS && least >= BOUND; round++) {
      collect();
      least = Math.min(least, allocatedBytes(work));
    }
    expect(least).toBeLessThan(BOUND);
  },
);
