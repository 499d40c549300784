/** The twelve examples, evaluated: what becomes of every object, and which routes come of it. */
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../../src/frontends/metallb/evaluate.ts';
import { evaluate } from '../../../src/frontends/metallb/evaluate.ts';
import { EMPTY_HOLDING, heldObjects, hold } from '../../../src/frontends/metallb/holding.ts';
import { KINDS } from '../../../src/frontends/metallb/kinds/index.ts';
import { readFiles } from '../../../src/frontends/metallb/manifest-files.ts';
import { objectStatuses } from '../../../src/frontends/metallb/object-status.ts';
import type { MetallbObject } from '../../../src/frontends/metallb/status.ts';
import { configOfExample, type Example, examples } from './example.ts';

function evaluated(example: Example): Evaluation {
  const config = configOfExample(example, '/nonexistent/state.json');
  const objects = heldObjects(hold(EMPTY_HOLDING, readFiles(config.metallb!.files)));
  return evaluate({ objects, config, metallb: config.metallb!, previous: new Map() });
}

/** An object as the examples write it down. */
function written({
  kind,
  namespace,
  name,
  file: _file,
  line: _line,
  announced,
  state,
  notes,
  ...rest
}: MetallbObject) {
  const facts = Object.fromEntries(Object.entries(rest).filter(([, value]) => !isEmpty(value)));
  return {
    [kind === 'Service' ? `Service ${namespace}/${name}` : `${kind} ${name}`]: {
      ...(state !== 'accepted' && { state }),
      ...(notes.length > 0 && { notes }),
      ...(announced !== undefined &&
        announced.length > 0 && {
          announced: Object.fromEntries(announced.map(({ prefix, peers }) => [prefix, peers])),
        }),
      ...facts,
    },
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

describe.each(examples)('$name', (example) => {
  const evaluation = evaluated(example);
  const objects = objectStatuses(evaluation);

  test('every object has the status that is expected, and there is no other one', () => {
    expect(Object.assign({}, ...objects.map(written))).toEqual(example.expected.objects);
  });

  test('the routes are those that the routers expect', () => {
    const expected = Object.values(example.expected.routes).flatMap((routes) => Object.keys(routes));
    expect(new Set(evaluation.routes.map(({ prefix }) => prefix))).toEqual(new Set(expected));
  });
});

test('there are twelve, and together they use every kind', () => {
  expect(examples).toHaveLength(12);
  const used = new Set(examples.flatMap((example) => evaluated(example).objects.map(({ kind }) => kind)));
  expect(Object.keys(KINDS).filter((kind) => !used.has(kind))).toEqual([]);
});
