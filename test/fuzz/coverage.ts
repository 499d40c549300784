/**
 * What a fuzz run has entered. Two views: each registered spec with its `check` (by answer), `read` and `write`; and
 * the error branches of the codec's source, as V8 counts its blocks. Either fails a long run with a hole in it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { ATTRIBUTE_VALUES } from '../../src/fuzz/attributes.ts';
import { randomContext } from '../../src/fuzz/context.ts';
import { nlriCodec } from '../../src/fuzz/nlri-codec.ts';
import { Random } from '../../src/fuzz/random.ts';
import { ATTRIBUTES } from '../../src/wire/attributes/index.ts';
import { CAPABILITIES } from '../../src/wire/capabilities/index.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';

type Method = (...parameters: never[]) => unknown;
type Methods = Record<'check' | 'read' | 'write', Method>;

interface Row {
  readonly kind: 'attribute' | 'capability' | 'family';
  readonly name: string;
  readonly checks: Map<string, number>;
  reads: number;
  writes: number;
  /** Answers of `check` that are known to be possible. */
  readonly possible: ReadonlySet<string>;
}

/** Counts the calls of every spec of the registries, from {@link install} to {@link restore}. */
export class SpecCoverage {
  readonly rows: Row[] = [];
  readonly #restore: (() => void)[] = [];

  install(): void {
    for (const spec of ATTRIBUTES)
      this.#wrap('attribute', spec.name, spec as unknown as Methods, possibleFaults(spec.name), String);
    for (const spec of CAPABILITIES) {
      const possible = new Set(['true', ...(isEmpty(spec.check) ? [] : ['false'])]);
      this.#wrap('capability', spec.name, spec as unknown as Methods, possible, String);
    }
    for (const family of FAMILIES) {
      const codec = nlriCodec(family) as unknown as Methods | undefined;
      const answer = (fault: unknown) => (fault === -1 ? 'ok' : 'fault');
      if (codec !== undefined) this.#wrap('family', family.name, codec, new Set(['ok', 'fault']), answer);
    }
  }

  restore(): void {
    for (const restore of this.#restore.splice(0)) restore();
  }

  /** What was never entered, in words. */
  get missing(): string[] {
    return this.rows.flatMap(({ kind, name, checks, reads, writes, possible }) => [
      ...[...possible]
        .filter((one) => !checks.has(one))
        .map((one) => `${kind} ${name}: check never said ${one}`),
      ...(reads === 0 ? [`${kind} ${name}: never read`] : []),
      ...(writes === 0 ? [`${kind} ${name}: never written`] : []),
    ]);
  }

  get table(): string {
    const lines = this.rows.map(({ kind, name, checks, reads, writes }) => {
      const answers = [...checks].sort().map(([answer, count]) => `${answer}: ${count}`);
      return `${kind.padEnd(10)} ${name.padEnd(24)} read ${String(reads).padStart(8)}  written ${String(writes).padStart(8)}  check ${answers.join(', ')}`;
    });
    return lines.join('\n');
  }

  #wrap(
    kind: Row['kind'],
    name: string,
    spec: Methods,
    possible: ReadonlySet<string>,
    answer: (value: unknown) => string,
  ): void {
    const row: Row = { kind, name, checks: new Map(), reads: 0, writes: 0, possible };
    this.rows.push(row);
    const { check, read, write } = spec;
    spec.check = (...parameters) => {
      const value = check(...parameters);
      const key = answer(value);
      row.checks.set(key, (row.checks.get(key) ?? 0) + 1);
      return value;
    };
    spec.read = (...parameters) => {
      row.reads++;
      return read(...parameters);
    };
    spec.write = (...parameters) => {
      row.writes++;
      return write(...parameters);
    };
    this.#restore.push(() => Object.assign(spec, { check, read, write }));
  }
}

function isEmpty(check: Method): boolean {
  return /=> true$/.test(check.toString());
}

/** Answers that `check` gives to generated values cut at every length, with any octet changed, on any session. */
function possibleFaults(name: (typeof ATTRIBUTES)[number]['name']): ReadonlySet<string> {
  const spec = ATTRIBUTES.find((one) => one.name === name)!;
  const answers = new Set<string>();
  for (let sample = 0; sample < 40; sample++) {
    const random = new Random(1, sample);
    const context = randomContext(random);
    const out = new ByteWriter(64);
    ATTRIBUTE_VALUES[name](random, context, out);
    const bytes = out.take();
    for (let end = 0; end <= Math.min(bytes.length, 80); end++)
      answers.add(String(spec.check(bytes.slice(0, end), 0, end, context)));
    for (let at = 0; at < Math.min(bytes.length, 40); at++)
      for (const octet of [0, 1, 5, 127, 255])
        answers.add(String(spec.check(bytes.with(at, octet), 0, bytes.length, context)));
    answers.add(String(spec.check(bytes, 0, bytes.length, context)));
  }
  return answers;
}

const SOURCE_FOLDER = join(import.meta.dirname, '../../src');

/** Files in which every error branch must be entered. */
const WATCHED = /\/src\/(?:wire\/|engine\/ingest\.ts)/;

/** A block that is entered when octets, or JSON to be written, are wrong. */
const ERROR_BRANCH =
  /UpdateError\.|#fault\(|#reset3\(|#discard\(|refuse(?:Length)?\(|#die\(|invalidLength\(|return false;|return -1;|NLRI_MALFORMED|throw new /;

/** Blocks of the codec that were never entered, found by V8. */
export class BranchCoverage {
  readonly #session = new Session();
  /** As they were when the run began: somebody may be editing them. */
  readonly #sources = new Map<string, string>();

  start(): void {
    for (const path of readdirSync(SOURCE_FOLDER, { recursive: true, encoding: 'utf8' })) {
      const { href } = pathToFileURL(join(SOURCE_FOLDER, path));
      if (WATCHED.test(href) && path.endsWith('.ts'))
        this.#sources.set(href, readFileSync(join(SOURCE_FOLDER, path), 'utf8'));
    }
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Error branches never entered, as `file:line: source`; ends the counting. */
  take(): string[] {
    const holes: string[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      for (const { url, functions } of result) {
        const source = this.#sources.get(url);
        if (source !== undefined) holes.push(...holesOf(url, source, functions));
      }
    });
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
    return [...new Set(holes)];
  }
}

interface CountedFunction {
  readonly ranges: readonly {
    readonly startOffset: number;
    readonly endOffset: number;
    readonly count: number;
  }[];
}

/** Type stripping keeps every offset, so those of V8 are those of the source. */
function holesOf(url: string, source: string, functions: readonly CountedFunction[]): string[] {
  const name = url.slice(url.indexOf('/src/') + 5);
  return functions.flatMap(({ ranges }) =>
    ranges
      .filter(({ count }) => count === 0)
      .flatMap(({ startOffset, endOffset }) => {
        const text = source.slice(startOffset, endOffset);
        if (!ERROR_BRANCH.test(text)) return [];
        const line = source.slice(0, startOffset).split('\n').length;
        return [`${name}:${line}: ${text.trim().split('\n')[0]!.slice(0, 100)}`];
      }),
  );
}
