/**
 * The fuzz run: messages of a seed into codec, engine and speaker, by turns, for some seconds. It stops at the first
 * broken promise and leaves a vector.
 */
import { NO_BYTES, toHex } from '../../src/base/bytes.ts';
import { type FuzzContext, randomContext } from '../../src/fuzz/context.ts';
import { mutate, randomFuzzMessage, SESSION_WEIGHTS } from '../../src/fuzz/generator.ts';
import { INNER_MUTATORS } from '../../src/fuzz/mutate.ts';
import { Random } from '../../src/fuzz/random.ts';
import { decodeMessage } from '../../src/wire/json.ts';
import { checkCodec } from './codec.ts';
import { damageJson } from './damage-json.ts';
import { ATTACKERS, EngineFuzz } from './engine.ts';
import { checkInput } from './json.ts';
import { simpleMessage } from './simple-message.ts';
import { SpeakerFuzz } from './speaker.ts';
import { type EngineMessage, minimised, type Vector, type Work } from './vectors.ts';

/** Messages between two moments in which every attacker of the engine leaves. */
const FLUSH_EVERY = 1000;
const CODEC_SLICE = 500;
const ENGINE_SLICE = 500;
const SPEAKER_SLICE = 200;
/** Damaged JSON for each message of the codec. */
const JSON_DAMAGES = 4;
const WORK: readonly Work[] = ['none', 'none', 'none', 'none', 'slice', 'all'];
/** Processor time; no message may keep the codec for longer, twice in a row: garbage collection may hit any. */
const SLOW_MILLISECONDS = 1000;
/** Nor the engine, with all the work that has gathered. */
const SLOW_ENGINE_MILLISECONDS = 5000;
/** Heap that a run may hold more at its end than after its first seconds. */
const MAX_GROWTH_BYTES = 32 * 2 ** 20;
const HEAP_EVERY_MILLISECONDS = 2000;

export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Parts of the time; 0 leaves a target out. */
  readonly shares?: { readonly codec: number; readonly engine: number; readonly speaker: number };
  /** Collects garbage, so that the heap can be measured; undefined: it is not measured. */
  readonly collectGarbage?: () => void;
}

export interface FuzzFailure {
  readonly target: 'codec' | 'json' | 'engine' | 'speaker' | 'heap';
  readonly number: number;
  readonly error: unknown;
  /** Absent where one message alone is not to blame. */
  readonly vector?: Vector;
}

export interface FuzzResult {
  readonly codec: number;
  readonly engine: number;
  readonly speaker: number;
  /** Messages of the codec whose JSON was damaged, and how many of those were written all the same. */
  readonly json: number;
  readonly jsonWritten: number;
  readonly engineResets: number;
  readonly engineDisabled: number;
  readonly speakerSessions: number;
  readonly speakerCloses: number;
  readonly slowestMilliseconds: number;
  readonly heapBytes: readonly number[];
  readonly seconds: number;
  readonly failure: FuzzFailure | undefined;
}

type Turn = 'codec' | 'engine' | 'speaker';

/** Runs; the result has the failure, if there was one. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const run = new Fuzzer(options);
  return run.run();
}

class Fuzzer {
  readonly #options: FuzzOptions;
  readonly #engine = new EngineFuzz();
  #speaker: SpeakerFuzz | undefined;
  #codecNumber = 0;
  #json = 0;
  #jsonWritten = 0;
  #engineNumber = 0;
  #speakerRounds = 0;
  #slowest = 0;
  #failure: FuzzFailure | undefined;
  #history: EngineMessage[] = [];
  readonly #heap: number[] = [];

  constructor(options: FuzzOptions) {
    this.#options = options;
  }

  async run(): Promise<FuzzResult> {
    const { seconds, shares = { codec: 6, engine: 3, speaker: 1 } } = this.#options;
    const startedAt = performance.now();
    const spent = { codec: 0, engine: 0, speaker: 0 };
    const turns = (Object.keys(spent) as Turn[]).filter((turn) => shares[turn] > 0);
    if (shares.speaker > 0) this.#speaker = await SpeakerFuzz.start();
    let heapAt = startedAt;
    while (performance.now() - startedAt < seconds * 1000 && this.#failure === undefined) {
      const turn = turns.reduce((a, b) => (spent[b] / shares[b] < spent[a] / shares[a] ? b : a));
      const before = performance.now();
      await this.#slice(turn);
      spent[turn] += performance.now() - before;
      if (this.#failure === undefined && performance.now() - heapAt > HEAP_EVERY_MILLISECONDS) {
        this.#measureHeap();
        heapAt = performance.now();
      }
    }
    await this.#speaker?.[Symbol.asyncDispose]();
    return {
      codec: this.#codecNumber,
      engine: this.#engineNumber,
      speaker: this.#speaker?.messages ?? 0,
      json: this.#json,
      jsonWritten: this.#jsonWritten,
      engineResets: this.#engine.resets,
      engineDisabled: this.#engine.disabled,
      speakerSessions: this.#speaker?.sessions ?? 0,
      speakerCloses: this.#speaker?.closes ?? 0,
      slowestMilliseconds: this.#slowest,
      heapBytes: this.#heap,
      seconds: (performance.now() - startedAt) / 1000,
      failure: this.#failure,
    };
  }

  async #slice(turn: Turn): Promise<void> {
    if (turn === 'codec') for (let i = 0; i < CODEC_SLICE && this.#failure === undefined; i++) this.#codec();
    else if (turn === 'engine')
      for (let i = 0; i < ENGINE_SLICE && this.#failure === undefined; i++) this.#engineMessage();
    else await this.#speakerRound();
  }

  #codec(): void {
    const number = ++this.#codecNumber;
    const random = new Random(this.#options.seed, number);
    const context = randomContext(random);
    const simple = () => simpleMessage(random, context);
    const { bytes } = random.oneIn(3)
      ? mutate(simple(), random, simple, INNER_MUTATORS)
      : randomFuzzMessage(random, context);
    const vector: Vector = { target: 'codec', about: '', context, hex: '' };
    this.#timed('codec', number, vector, bytes, () => checkCodec(bytes, context));
    for (let i = 0; i < JSON_DAMAGES && this.#failure === undefined; i++)
      this.#damagedJson(number, i === 0 ? bytes : simple(), random, context);
  }

  #damagedJson(number: number, bytes: Uint8Array, random: Random, context: FuzzContext): void {
    this.#json++;
    const json = damageJson(decodeMessage(bytes, context), random);
    this.#timed('json', number, { target: 'json', about: '', context, json }, NO_BYTES, () => {
      if (checkInput(json, context)) this.#jsonWritten++;
    });
  }

  #engineMessage(): void {
    const number = ++this.#engineNumber;
    const random = new Random(~this.#options.seed, number);
    const peer = random.below(ATTACKERS.length);
    const { bytes } = randomFuzzMessage(random, ATTACKERS[peer]!.context, SESSION_WEIGHTS);
    const work = random.pick(WORK);
    this.#history.push({ peer, hex: toHex(bytes), work });
    const vector: Vector = { target: 'engine', about: '', messages: this.#history };
    this.#timed('engine', number, vector, bytes, () => {
      this.#engine.send(peer, bytes);
      this.#engine.work(work);
      if (number % FLUSH_EVERY === 0) this.#engine.flush();
    });
    if (number % FLUSH_EVERY === 0) this.#history = [];
  }

  /** Runs `step` and looks at what it costs. */
  #timed(
    target: 'codec' | 'json' | 'engine',
    number: number,
    vector: Vector,
    bytes: Uint8Array,
    step: () => void,
  ): void {
    const before = processorMilliseconds();
    try {
      step();
      let taken = processorMilliseconds() - before;
      if (taken > SLOW_MILLISECONDS && target !== 'engine') {
        const again = processorMilliseconds();
        step();
        taken = processorMilliseconds() - again;
        if (taken > SLOW_MILLISECONDS) throw new Error(`takes ${Math.round(taken)} ms`);
      }
      if (taken > SLOW_ENGINE_MILLISECONDS) throw new Error(`takes ${Math.round(taken)} ms`);
      this.#slowest = Math.max(this.#slowest, taken);
    } catch (error) {
      const about = String(error).slice(0, 300);
      const whole: Vector =
        vector.target === 'codec' ? { ...vector, about, hex: toHex(bytes) } : { ...vector, about };
      this.#failure = { target, number, error, vector: minimised(whole) };
    }
  }

  async #speakerRound(): Promise<void> {
    const round = ++this.#speakerRounds;
    try {
      await this.#speaker?.attack((this.#options.seed + round * 7919) >>> 0, SPEAKER_SLICE);
    } catch (error) {
      this.#failure = { target: 'speaker', number: round, error };
    }
  }

  #measureHeap(): void {
    const { collectGarbage } = this.#options;
    if (collectGarbage === undefined) return;
    const vector: Vector = { target: 'engine', about: '', messages: this.#history };
    this.#timed('engine', this.#engineNumber, vector, NO_BYTES, () => this.#engine.flush());
    this.#history = [];
    collectGarbage();
    this.#heap.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers);
    const [, , baseline] = this.#heap;
    const recent = this.#heap.slice(3).slice(-3);
    if (baseline === undefined || recent.length < 3) return;
    if (recent.every((bytes) => bytes > baseline + MAX_GROWTH_BYTES))
      this.#failure = {
        target: 'heap',
        number: this.#heap.length,
        error: new Error(`the heap grows: ${this.#heap.join(' ')}`),
      };
  }
}

/** What the process has used of processors; unlike a clock it does not say how busy the machine is. */
function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
