/** The changes of `plan.test.ts`, each on top of those before it. */
import { parse } from 'yaml';

/** What is special about the configuration at a step. */
export interface PlanState {
  bird: Record<string, unknown>;
  frr: Record<string, unknown>;
  top: Record<string, unknown>;
  /** FRR is no configured neighbor. */
  withoutFrr: boolean;
}

export interface PlanStep {
  readonly title: string;
  change(state: PlanState): void;
  /** What the plan must say: class, subject and key. */
  readonly changes: readonly string[];
  /** The classes among them. */
  readonly classes: readonly string[];
  /** Sessions that end, by peer address; all others stay. */
  readonly reset?: readonly string[];
  /** Of those, the ones that stay down. */
  readonly down?: readonly string[];
  /** Sessions that were down and come up. */
  readonly comesUp?: readonly string[];
}

const BIRD = '10.97.1.2';
const FRR = '10.97.2.2';
const NETWORK = { prefix: '192.0.2.0/24', communities: ['65001:7'] };
const MORE = '198.51.100.0/24';

function step(
  title: string,
  changes: readonly string[],
  change: (state: PlanState) => void,
  more: Partial<PlanStep> = {},
): PlanStep {
  const classes = [...new Set(changes.map((line) => line.slice(0, line.indexOf(':'))))];
  return { title, change, changes, classes, ...more };
}

const terms = (community: string): unknown =>
  parse(`
marks: [{ set: { community: { add: ["${community}"] } }, then: accept }]
some: [{ match: { prefix-set: eleven }, then: reject }, { then: accept }]
`);
const sets = { eleven: ['10.11.0.0/16'] };

export const STEPS: readonly PlanStep[] = [
  step('description', [`hot: neighbor ${BIRD} description`], ({ bird }) => {
    bird['description'] = 'a router';
  }),
  step(
    'import policy',
    ['soft: policy marks', 'hot: policy some', `soft: neighbor ${BIRD} import`],
    ({ bird, top }) => {
      top['policies'] = terms('65001:1');
      top['prefix-sets'] = sets;
      bird['import'] = 'marks';
    },
  ),
  step('what a policy does', ['soft: policy marks'], ({ top }) => {
    top['policies'] = terms('65001:2');
  }),
  step('export policy', [`soft: neighbor ${FRR} export`], ({ frr }) => {
    frr['export'] = 'some';
  }),
  step('remove-private-as', [`soft: neighbor ${FRR} remove-private-as`], ({ frr }) => {
    frr['remove-private-as'] = 'all';
  }),
  step('send-communities', [`soft: neighbor ${FRR} send-communities`], ({ frr }) => {
    frr['send-communities'] = ['large'];
  }),
  step('next-hop', [`soft: neighbor ${FRR} next-hop`], ({ frr }) => {
    frr['next-hop'] = '10.97.2.9';
  }),
  step('default-originate', [`soft: neighbor ${BIRD} default-originate`], ({ bird }) => {
    bird['default-originate'] = true;
  }),
  step('max-prefixes', [`session reset: neighbor ${FRR} max-prefixes`], ({ frr }) => {
    frr['max-prefixes'] = { count: 100, action: 'restart' };
  }),
  step('advertisement-interval', [`hot: neighbor ${FRR} advertisement-interval`], ({ frr }) => {
    frr['advertisement-interval'] = 1;
  }),
  step('best-path', ['soft: bellhop best-path'], ({ top }) => {
    top['best-path'] = { 'compare-router-id': true };
  }),
  step('a network more', [`hot: network ${MORE}`], ({ top }) => {
    top['networks'] = [NETWORK, { prefix: MORE }];
  }),
  step('attributes of a network', [`hot: network ${MORE} med`], ({ top }) => {
    top['networks'] = [NETWORK, { prefix: MORE, med: 7 }];
  }),
  step('a network less', [`hot: network ${MORE}`], ({ top }) => {
    top['networks'] = [NETWORK];
  }),
  step('a neighbor more', ['hot: neighbor 10.97.2.7'], ({ top }) => {
    top['more'] = [
      { address: '10.97.2.7', 'peer-as': 65007, passive: true, import: 'accept', export: 'accept' },
    ];
  }),
  step('drain-on-stop', ['hot: bellhop drain-on-stop'], ({ top }) => {
    top['drain-on-stop'] = '2s';
  }),
  step('router-id', ['restart: bellhop router-id'], ({ top }) => {
    top['router-id'] = '10.97.0.9';
  }),
  step('router-id back', [], ({ top }) => {
    delete top['router-id'];
  }),
  step(
    'hold-time',
    [`session reset: neighbor ${FRR} hold-time`],
    ({ frr }) => {
      frr['hold-time'] = 12;
    },
    { reset: [FRR] },
  ),
  step(
    'families',
    [`session reset: neighbor ${BIRD} families`],
    ({ bird }) => {
      bird['families'] = ['ipv4-unicast', 'ipv6-unicast'];
    },
    { reset: [BIRD] },
  ),
  step(
    'shutdown',
    [`session reset: neighbor ${FRR} shutdown`],
    ({ frr }) => {
      frr['shutdown'] = 'rack 8 moves';
    },
    { reset: [FRR], down: [FRR] },
  ),
  step(
    'another shutdown text',
    [`hot: neighbor ${FRR} shutdown`],
    ({ frr }) => {
      frr['shutdown'] = 'rack 8 still moves';
    },
    { down: [FRR] },
  ),
  step(
    'no shutdown',
    [`hot: neighbor ${FRR} shutdown`],
    ({ frr }) => {
      delete frr['shutdown'];
    },
    { comesUp: [FRR] },
  ),
  step(
    'a range in place of a neighbor',
    [`session reset: neighbor ${FRR}`, 'hot: dynamic-neighbor 10.97.2.0/24'],
    (state) => {
      state.withoutFrr = true;
      state.top['dynamic-neighbors'] = [
        { prefix: '10.97.2.0/24', 'peer-as': 'external', import: 'accept', export: 'accept', 'hold-time': 9 },
      ];
    },
    { reset: [FRR] },
  ),
  step('export policy of a range', ['soft: dynamic-neighbor 10.97.2.0/24 export'], ({ top }) => {
    top['dynamic-neighbors'] = [
      { prefix: '10.97.2.0/24', 'peer-as': 'external', import: 'accept', export: 'some', 'hold-time': 9 },
    ];
  }),
  step(
    'a neighbor that has a session of a range',
    [`session reset: neighbor ${FRR}`],
    (state) => {
      state.withoutFrr = false;
    },
    { reset: [FRR] },
  ),
];
