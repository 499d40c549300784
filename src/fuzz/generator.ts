/**
 * The messages of a fuzz run: number N of seed S, well-formed or damaged, with what was done to it.
 */
import type { FuzzContext } from './context.ts';
import { MESSAGE_KINDS, type MessageKind, randomMessage } from './messages.ts';
import { MUTATOR_NAMES, MUTATORS, type MutatorName } from './mutate.ts';
import type { Random } from './random.ts';

/** One generated message. */
export interface FuzzMessage {
  readonly kind: MessageKind;
  /** What was done to it, in this order; nothing: it is well-formed. */
  readonly mutations: readonly MutatorName[];
  /** Header included. */
  readonly bytes: Uint8Array;
}

/** How often each kind of message comes, in parts of the sum. */
export type KindWeights = Readonly<Record<MessageKind, number>>;

/** For a codec: everything, UPDATEs most of all. */
export const CODEC_WEIGHTS: KindWeights = {
  update: 20,
  open: 5,
  notification: 1,
  keepalive: 1,
  'route-refresh': 2,
};

/** For a session: what does not end it at once. */
export const SESSION_WEIGHTS: KindWeights = {
  update: 40,
  open: 0,
  notification: 0,
  keepalive: 1,
  'route-refresh': 3,
};

/** The next message of `random`; two of three are damaged. */
export function randomFuzzMessage(
  random: Random,
  context: FuzzContext,
  weights: KindWeights = CODEC_WEIGHTS,
): FuzzMessage {
  const kind = randomKind(random, weights);
  const other = () => randomMessage(random.oneIn(4) ? randomKind(random, weights) : kind, random, context);
  return { kind, ...mutate(randomMessage(kind, random, context), random, other) };
}

/** Damages two messages of three, once or several times, with mutators of `names`; `other` makes messages to splice with. */
export function mutate(
  message: Uint8Array,
  random: Random,
  other: () => Uint8Array,
  names: readonly MutatorName[] = MUTATOR_NAMES,
): Pick<FuzzMessage, 'mutations' | 'bytes'> {
  let bytes = message;
  const mutations: MutatorName[] = [];
  const count = random.oneIn(3) ? 0 : random.oneIn(4) ? random.between(2, 4) : 1;
  for (let i = 0; i < count; i++) {
    const name = random.pick(names);
    mutations.push(name);
    bytes = MUTATORS[name](bytes, random, other);
  }
  return { mutations, bytes };
}

function randomKind(random: Random, weights: KindWeights): MessageKind {
  let at = random.below(MESSAGE_KINDS.reduce((sum, kind) => sum + weights[kind], 0));
  for (const kind of MESSAGE_KINDS) {
    at -= weights[kind];
    if (at < 0) return kind;
  }
  return 'update';
}
