/** The decision process: a small fixture for each step, then properties against the naive one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SELECTION_STEPS, type SelectOptions } from '../../src/rib/select.ts';
import {
  type Attributes,
  anyCandidates,
  anyOptions,
  type Candidate,
  DEFAULTS,
  decide,
  naiveDecide,
  type Peer,
  PLAIN,
  peerOf,
  type Step,
} from './candidates.ts';

type Path = Partial<Attributes> & { readonly peer?: Partial<Peer> };

interface Fixture {
  readonly rfc: string;
  readonly step: Step;
  readonly winner: Path;
  readonly loser: Path;
  readonly options?: Partial<SelectOptions>;
  readonly incumbent?: 'winner' | 'loser';
}

/** The loser is better in the steps behind the one that it names. */
const FIXTURES: readonly Fixture[] = [
  {
    rfc: 'RFC 4271 9.1.1: a route of our own is preferred to any learned one',
    step: 'local route preferred',
    winner: { peer: { index: 0, source: 'local' } },
    loser: { localPref: 1000, asPath: [] },
  },
  {
    rfc: 'RFC 4271 9.1.2: the highest degree of preference',
    step: 'LOCAL_PREF',
    winner: { localPref: 101, asPath: [1, 2, 3] },
    loser: { localPref: 100, asPath: [1] },
  },
  {
    rfc: 'RFC 4271 5.1.5: a route without LOCAL_PREF has the default of 100',
    step: 'LOCAL_PREF',
    winner: { asPath: [1, 2, 3] },
    loser: { localPref: 99, asPath: [1] },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (a): the shortest AS_PATH',
    step: 'AS path length',
    winner: { asPath: [1], origin: 'incomplete' },
    loser: { asPath: [1, 2], origin: 'igp' },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (b): the lowest ORIGIN, EGP before INCOMPLETE',
    step: 'ORIGIN',
    winner: { origin: 'egp', med: 9 },
    loser: { origin: 'incomplete', med: 1 },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (c): the lowest MED of the same neighbor AS',
    step: 'MED',
    winner: { med: 1, peer: { source: 'internal', index: 2 } },
    loser: { med: 2, peer: { source: 'external', index: 1 } },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (c): no MED is the lowest possible one',
    step: 'MED',
    winner: { peer: { index: 2 } },
    loser: { med: 1, peer: { index: 1 } },
  },
  {
    rfc: 'option missingMedAsWorst: no MED is the highest possible one',
    step: 'MED',
    winner: { med: 0xfffffffe, peer: { index: 2 } },
    loser: { peer: { index: 1 } },
    options: { missingMedAsWorst: true },
  },
  {
    rfc: 'option alwaysCompareMed: the lowest MED whatever the neighbor AS',
    step: 'MED',
    winner: { med: 1, asPath: [65002], peer: { index: 2 } },
    loser: { med: 2, asPath: [65001], peer: { index: 1 } },
    options: { alwaysCompareMed: true },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (c): MED means nothing between neighbor ASes, so router ids decide',
    step: 'router id',
    winner: { med: 2, asPath: [65002], peer: { index: 1 } },
    loser: { med: 1, asPath: [65001], peer: { index: 2 } },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (d): eBGP before iBGP',
    step: 'eBGP over iBGP',
    winner: { peer: { source: 'external', index: 2 } },
    loser: { peer: { source: 'internal', index: 1 } },
  },
  {
    rfc: 'RFC 5004 3: the external path that is best stays although its router id is higher',
    step: 'older eBGP route (RFC 5004)',
    winner: { peer: { index: 2 } },
    loser: { peer: { index: 1 } },
    options: { compareRouterId: false },
    incumbent: 'winner',
  },
  {
    rfc: 'RFC 5004 3: a path that is better by an earlier step wins over the one that is best',
    step: 'MED',
    winner: { med: 1, peer: { index: 2 } },
    loser: { med: 2, peer: { index: 1 } },
    options: { compareRouterId: false },
    incumbent: 'loser',
  },
  {
    rfc: 'RFC 5004 3: internal paths are not kept for their age',
    step: 'router id',
    winner: { peer: { source: 'internal', index: 1 } },
    loser: { peer: { source: 'internal', index: 2 } },
    options: { compareRouterId: false },
    incumbent: 'loser',
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (f): the lowest BGP identifier',
    step: 'router id',
    winner: { clusters: 2, peer: { routerId: 1, index: 2, address: 2 } },
    loser: { clusters: 0, peer: { routerId: 2, index: 1, address: 1 } },
  },
  {
    rfc: 'RFC 4456 9: ORIGINATOR_ID stands for the BGP identifier',
    step: 'router id',
    winner: { originatorId: 1, clusters: 1, peer: { source: 'internal', index: 9 } },
    loser: { peer: { source: 'internal', index: 2 } },
  },
  {
    rfc: 'RFC 4456 9: the shortest CLUSTER_LIST, none counts 0',
    step: 'cluster list length',
    winner: { originatorId: 1, clusters: 0, peer: { index: 2, address: 9 } },
    loser: { originatorId: 1, clusters: 1, peer: { index: 3, address: 1 } },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (g): the lowest peer address',
    step: 'peer address',
    winner: { peer: { routerId: 1, address: 1, index: 3 } },
    loser: { peer: { routerId: 1, address: 2, index: 2 } },
  },
  {
    rfc: 'RFC 4271 9.1.2.2 (g): an IPv4 peer address is lower than an IPv6 one',
    step: 'peer address',
    winner: { peer: { routerId: 1, address: 200, index: 3 } },
    loser: { peer: { routerId: 1, address: 2, wide: true, index: 2 } },
  },
];

function candidateOf({ peer, ...attributes }: Path, index: number): Candidate {
  return { peer: peerOf(peer?.index ?? index, peer), attributes: { ...PLAIN, ...attributes } };
}

describe('a step for each paragraph', () => {
  test.each(FIXTURES)('$rfc', ({ step, winner, loser, options, incumbent }) => {
    const paths = [candidateOf(winner, 8), candidateOf(loser, 7)];
    const chosen = { ...DEFAULTS, ...options };
    const at = incumbent === undefined ? -1 : incumbent === 'winner' ? 0 : 1;
    expect(decide(paths, chosen, at)).toEqual({ best: 0, withoutReasons: 0, reasons: [undefined, step] });
    const turned = decide(paths.toReversed(), chosen, at < 0 ? -1 : 1 - at);
    expect(turned, 'in the other order').toEqual({ best: 1, withoutReasons: 1, reasons: [step, undefined] });
  });

  test('RFC 4271 9.1.2: a route that is not accepted takes no part, alone or beside others', () => {
    const refused: Candidate = { peer: peerOf(1), attributes: undefined };
    const reasons: Step[] = ['not accepted'];
    expect(decide([refused], DEFAULTS)).toEqual({ best: -1, withoutReasons: -1, reasons });
    expect(decide([refused, candidateOf({}, 2)], DEFAULTS).best).toBe(1);
  });

  test('every step has a fixture', () => {
    const covered = new Set<Step>([...FIXTURES.map((fixture) => fixture.step), 'not accepted']);
    expect(SELECTION_STEPS.filter((step) => !covered.has(step))).toEqual([]);
  });

  test('RFC 4271 9.1.2.2 (c): a path that MED removed still keeps others of its AS out', () => {
    const paths = [1, 2, 3].map((med, i) => candidateOf({ med }, 3 - i));
    expect(decide(paths, DEFAULTS).reasons).toEqual([undefined, 'MED', 'MED']);
  });

  test('MED is no ordering: the result is the same in every order of arrival', () => {
    const paths = [
      candidateOf({ asPath: [65001], med: 2, peer: { index: 1 } }, 1),
      candidateOf({ asPath: [65002], med: 0, peer: { index: 2 } }, 2),
      candidateOf({ asPath: [65001], med: 1, peer: { index: 3 } }, 3),
    ];
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ])
      expect(
        order[
          decide(
            order.map((i) => paths[i]!),
            DEFAULTS,
          ).best
        ],
      ).toBe(1);
  });
});

const withIncumbent = anyCandidates.chain((candidates) =>
  fc.record({
    candidates: fc.constant(candidates),
    incumbent: fc.integer({ min: -1, max: candidates.length - 1 }),
    order: fc.shuffledSubarray(
      candidates.map((_, i) => i),
      { minLength: candidates.length },
    ),
  }),
);

describe('any candidates', () => {
  test('best and reasons are those of the naive decision process', () => {
    fc.assert(
      fc.property(withIncumbent, anyOptions, ({ candidates, incumbent }, options) => {
        const real = decide(candidates, options, incumbent);
        const { best, reasons } = naiveDecide(candidates, options, incumbent);
        expect(real).toEqual({ best, withoutReasons: best, reasons });
      }),
      { numRuns: 2000 },
    );
  });

  test('the order of arrival and the incumbent mean nothing when router ids are compared', () => {
    fc.assert(
      fc.property(withIncumbent, anyOptions, ({ candidates, incumbent, order }, options) => {
        const chosen = { ...options, compareRouterId: true };
        const straight = decide(candidates, chosen).best;
        const shuffled = decide(
          order.map((i) => candidates[i]!),
          chosen,
          order.indexOf(incumbent),
        ).best;
        expect(shuffled < 0 ? -1 : order[shuffled]).toBe(straight);
      }),
      { numRuns: 500 },
    );
  });

  test('with RFC 5004 an external incumbent stays or loses by an earlier step', () => {
    const earlier = SELECTION_STEPS.slice(0, SELECTION_STEPS.indexOf('older eBGP route (RFC 5004)'));
    fc.assert(
      fc.property(withIncumbent, anyOptions, ({ candidates, incumbent }, options) => {
        fc.pre(incumbent >= 0);
        const { best, reasons } = decide(candidates, { ...options, compareRouterId: false }, incumbent);
        if (best === incumbent) return;
        if (candidates[incumbent]!.peer.source === 'external') expect(earlier).toContain(reasons[incumbent]);
      }),
      { numRuns: 500 },
    );
  });

  test('every loser has a reason, the winner none', () => {
    fc.assert(
      fc.property(withIncumbent, anyOptions, ({ candidates, incumbent }, options) => {
        const { best, reasons } = decide(candidates, options, incumbent);
        for (const [i, reason] of reasons.entries()) expect(reason === undefined).toBe(i === best);
      }),
      { numRuns: 500 },
    );
  });
});
