/**
 * From zod issues to diagnostics: says in the words of the file what is wrong and what to write.
 *
 * Unknown keys come first, because an unknown `remote-as` explains a missing `peer-as`.
 */
import { z } from 'zod';
import type { Report } from './diagnostic.ts';
import { type KeyPath, pathText } from './key-path.ts';
import { fileSchema } from './schema.ts';
import { Complaint } from './schema-types.ts';
import { absent, suggest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** Unknown keys with more siblings than this get no list of them. */
const LISTED_KEYS = 32;

/** Reports every issue that the schema has with the file. */
export function reportIssues(found: readonly Issue[], report: Report): void {
  const issues = withInnerIssues(found);
  for (const issue of issues)
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) reportUnknownKey(keyPath(issue.path), key, report);
  for (const issue of issues) if (issue.code !== 'unrecognized_keys') reportIssue(issue, report);
}

function reportUnknownKey(parent: KeyPath, key: string, report: Report): void {
  const known = keysOf(schemaAt(parent));
  const meant = suggest(key, known);
  if (meant !== undefined) report.markReported([...parent, meant]);
  let hint = absent(key) ?? (meant === undefined ? elsewhereHint(parent, key) : `did you mean \`${meant}\`?`);
  if (hint === undefined && known.length <= LISTED_KEYS) hint = `known here: ${known.join(', ')}`;
  report.error([...parent, key], `unknown key \`${key}\``, hint, 'key');
}

function reportIssue(issue: Issue, report: Report): void {
  const path = keyPath(issue.path);
  if ('input' in issue && issue.input === undefined) {
    if (!report.isReported(path)) {
      const example = exampleOf(path);
      report.error(path, `missing key ${nameOf(path)}`, example && `add ${example}`, 'key');
    }
    return;
  }
  const { message, hint } = describe(issue, path);
  report.error(path, message, hint);
}

function describe(issue: Issue, path: KeyPath): Complaint {
  switch (issue.code) {
    case 'custom':
      return new Complaint(issue.message, issue.params?.['hint'] as string | undefined);
    case 'invalid_value':
      return describeInvalidWord(issue, path);
    case 'too_small':
      return issue.origin === 'number'
        ? new Complaint(`\`${issue.input}\` is too small`, `write at least ${issue.minimum}`)
        : describeEmpty(path);
    case 'too_big':
      return new Complaint(`\`${issue.input}\` is too big`, `write at most ${issue.maximum}`);
    case 'invalid_union': {
      const wanted = new Set(issue.errors.flatMap((branch) => branch.map(wantedBy)));
      return describeWrongType(path, alternatives([...wanted]), issue.input);
    }
    default:
      return describeWrongType(path, wantedBy(issue), issue.input);
  }
}

function describeInvalidWord(issue: Issue & { code: 'invalid_value' }, path: KeyPath): Complaint {
  const words = issue.values.map(String);
  const choice = alternatives(words.map((word) => `\`${word}\``));
  if (typeof issue.input !== 'string') return describeWrongType(path, choice, issue.input);
  const meant = suggest(issue.input, words);
  const hint = meant === undefined ? `write ${choice}` : `did you mean \`${meant}\`?`;
  return new Complaint(`\`${issue.input}\` is not ${choice}`, hint);
}

function describeWrongType(path: KeyPath, wanted: string, input: unknown): Complaint {
  if (input === null) return describeEmpty(path);
  const example = exampleOf(path);
  const hint = quotesHint(path, wanted, input) ?? (example && `write ${example}`);
  return new Complaint(`${nameOf(path)} should be ${wanted}, but is ${kindOf(input)}`, hint);
}

/** Text without quotes, a number in quotes, or one of the many words for true and false that YAML 1.2 no longer knows. */
function quotesHint(path: KeyPath, wanted: string, input: unknown): string | undefined {
  if (wanted === WANTED['string'] && unwrap(schemaAt(path))?.meta()?.title === 'text')
    return 'put it in quotes';
  if (typeof input !== 'string') return undefined;
  if (wanted === WANTED['number'] && /^\d+$/.test(input)) return 'write it without quotes';
  if (wanted !== WANTED['boolean']) return undefined;
  if (/^(yes|on|true|enabled?)$/i.test(input)) return 'write `true`';
  return /^(no|off|false|disabled?)$/i.test(input) ? 'write `false`' : undefined;
}

function describeEmpty(path: KeyPath): Complaint {
  const example = exampleOf(path);
  return new Complaint(
    `${nameOf(path)} is empty`,
    example === undefined ? 'remove it' : `remove it, or write ${example}`,
  );
}

/** `a, b or c`. */
function alternatives(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}

function nameOf(path: KeyPath): string {
  const key = path.at(-1);
  return typeof key === 'number' ? `\`${pathText(path.slice(-2))}\`` : `\`${key ?? ''}\``;
}

/** `hold-time: 90s` in backquotes, from the example or the default in the schema. */
function exampleOf(path: KeyPath): string | undefined {
  const key = path.at(-1);
  const meta: z.core.GlobalMeta = schemaAt(path)?.meta() ?? {};
  const examples = meta['examples'] as readonly unknown[] | undefined;
  const example = examples?.[0] ?? meta['default'];
  if (typeof key !== 'string' || example === undefined) return undefined;
  return `\`${key}: ${Array.isArray(example) ? `[${example.join(', ')}]` : example}\``;
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a set of keys',
  record: 'a set of keys',
};

function wantedBy(issue: Issue): string {
  const expected = issue.code === 'invalid_type' ? issue.expected : issue.code;
  return WANTED[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'object') return 'a set of keys';
  return typeof value === 'number' ? 'a number' : `\`${value}\``;
}

/** Zod paths may hold symbols; ours never do. */
function keyPath(path: readonly PropertyKey[]): KeyPath {
  return path.filter((step) => typeof step !== 'symbol');
}

/** The schema of a path: of the outermost wrapper, which has the description. */
function schemaAt(path: KeyPath): z.ZodType | undefined {
  let schema: z.ZodType | undefined = fileSchema;
  for (const step of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = (inner.shape as Record<string, z.ZodType>)[step];
    else if (inner instanceof z.ZodArray) schema = inner.element as z.ZodType;
    else if (inner instanceof z.ZodRecord) schema = inner.valueType as z.ZodType;
    else return undefined;
  }
  return schema;
}

/** A set of keys that stands beside a word (`on-down`) is judged as what it is: its issues are those of the keys. */
function withInnerIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    const isKeys =
      issue.code === 'invalid_union' &&
      typeof issue.input === 'object' &&
      issue.input !== null &&
      !Array.isArray(issue.input);
    if (!isKeys) return [issue];
    const inner = issue.errors.find((branch) => branch.every(({ code }) => code !== 'invalid_value'));
    if (inner === undefined || inner.some(({ code, path }) => code === 'invalid_type' && path.length === 0))
      return [issue];
    return inner.map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue);
  });
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  const inner =
    schema instanceof z.ZodOptional || schema instanceof z.ZodLazy ? (schema.unwrap() as z.ZodType) : schema;
  if (inner instanceof z.ZodLazy) return unwrap(inner);
  if (!(inner instanceof z.ZodUnion)) return inner;
  return (inner.options as readonly z.ZodType[]).find((option) => option instanceof z.ZodObject) ?? inner;
}

function keysOf(schema: z.ZodType | undefined): readonly string[] {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** A key that belongs somewhere else, maybe in another spelling: then the likeliest place comes first, as a path. */
function elsewhereHint(parent: KeyPath, key: string): string | undefined {
  const exact = placesOf(key, parent);
  if (exact.length > 0) return belongs(key, exact);
  const meant = suggest(key, [...new Set([...PLACES.values()].flatMap(keysAt))], SLIPS);
  if (meant === undefined) return undefined;
  const places = placesOf(meant, parent);
  const path = pathText([...PLACES.get(places[0]!)!, meant])
    .replaceAll('[0]', '[]')
    .replace('[""]', '.NAME');
  const hint = `did you mean \`${path}\`?`;
  return path === meant ? `${hint} It belongs in ${places[0]}` : `${hint} ${belongs(meant, places)}`;
}

function belongs(key: string, places: readonly string[]): string {
  return `\`${key}\` belongs in ${alternatives(places)}`;
}

/** Slips of the finger in a key that stands in the wrong place: two mistakes at once are rare. */
const SLIPS = 1;

/** Where the file has keys, in the words of a hint; of two places with the same key the likelier one first. */
const PLACES: ReadonlyMap<string, KeyPath> = new Map<string, KeyPath>([
  ['the top of the file', []],
  ['`best-path`', ['best-path']],
  ['a neighbor', ['neighbors', 0]],
  ['a dynamic neighbor', ['dynamic-neighbors', 0]],
  ['a peer group', ['peer-groups', '']],
  ['a network', ['networks', 0]],
  ['an aggregate', ['aggregates', 0]],
  ['`max-prefixes`', ['neighbors', 0, 'max-prefixes']],
  ['`local-as`', ['neighbors', 0, 'local-as']],
  ['a term of a policy', ['policies', '', 0]],
  ['`match` of a term', ['policies', '', 0, 'match']],
  ['`set` of a term', ['policies', '', 0, 'set']],
  ['a test', ['tests', 0]],
  ['`route` of a test', ['tests', 0, 'route']],
  ['a VIP', ['vips', 0]],
  ['a check', ['vips', 0, 'checks', 0]],
  ['a process', ['processes', 0]],
  ['`announce` of a VIP', ['vips', 0, 'announce']],
  ['`metallb`', ['metallb']],
]);

function keysAt(path: KeyPath): readonly string[] {
  return keysOf(schemaAt(path));
}

/** Where the file could have a key; what is near `parent` first. */
function placesOf(key: string, parent: KeyPath): string[] {
  const near = (path: KeyPath): number => {
    const end = path.findIndex((step, i) => step !== parent[i] && !(isVariable(step) && i < parent.length));
    return end < 0 ? path.length : end;
  };
  return [...PLACES]
    .filter(([, path]) => keysAt(path).includes(key))
    .sort(([, a], [, b]) => near(b) - near(a))
    .map(([place]) => place);
}

/** Whether a step of {@link PLACES} stands for any name or position. */
function isVariable(step: KeyPath[number]): boolean {
  return step === '' || step === 0;
}
