/**
 * YAML text to plain values, with the mistakes of YAML itself as located errors.
 *
 * YAML 1.2 with anchors, aliases and merge keys. Floats stay text, because AS `1.10` is not AS `1.1`; so do numbers
 * with a plus sign, because `med: +10` adds and `med: 10` sets.
 */
import { type Document, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import type { Report } from './diagnostic.ts';

/** Aliases that may be expanded, counted with those inside of anchors; more is taken for an attack. */
const MAX_ALIASES = 1_000;

const FLOAT_TAG = 'tag:yaml.org,2002:float';
const INT_TAG = 'tag:yaml.org,2002:int';

/** A parsed document, with what turns its offsets into lines. */
export interface YamlText {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** Parses YAML; mistakes are in the document. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    customTags: (tags) =>
      tags
        .filter((tag) => typeof tag !== 'object' || tag.tag !== FLOAT_TAG)
        .map((tag) => (typeof tag === 'object' && tag.tag === INT_TAG ? withoutPlus(tag) : tag)),
  });
  return { document, lines };
}

/** The tag of a kind of integer, but for those that begin with a plus. */
function withoutPlus<Tag extends object>(tag: Tag): Tag {
  const { test } = tag as { test?: RegExp };
  return test === undefined ? tag : { ...tag, test: new RegExp(`^(?!\\+)(?:${test.source})`) };
}

/**
 * The keys and values of the document, mistakes reported; undefined when there is no point in looking further,
 * as behind a syntax error, where everything is guesswork.
 */
export function readYaml(document: Document.Parsed, report: Report): unknown {
  for (const mistake of [...document.errors, ...document.warnings]) reportMistake(mistake, report);
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return undefined;
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    reportAliases(document, report);
    return undefined;
  }
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw;
  const hint = 'write at least `as: 65000` and `router-id: 10.0.0.1`';
  if (raw === null || raw === undefined)
    report.errorAt({ start: 0, end: 1 }, 'the file has no content', hint);
  else
    report.error(
      [],
      `the file is ${Array.isArray(raw) ? 'a list' : 'a single value'}, not a set of keys`,
      hint,
    );
  return undefined;
}

/** Our words for what happens most; the rest in the words of the YAML library. */
const MESSAGES = new Map([
  ['TAB_AS_INDENT', { message: 'a tab cannot indent YAML', hint: 'use spaces' }],
  ['MULTIPLE_DOCS', { message: 'a second document starts here', hint: 'keep one configuration in a file' }],
  ['RESOURCE_EXHAUSTION', { message: 'lists or keys are nested too deep', hint: undefined }],
]);

function reportMistake(mistake: YAMLError, report: Report): void {
  const [start, end] = mistake.pos;
  if (mistake.code === 'DUPLICATE_KEY') {
    const key = report.keyAt(start);
    report.errorAt({ start, end: start + key.length }, `key \`${key}\` appears twice`, 'remove one of them');
    return;
  }
  const known = MESSAGES.get(mistake.code);
  const span = { start, end: mistake.code === 'MULTIPLE_DOCS' ? start + '---'.length : end };
  report.errorAt(span, known?.message ?? `not valid YAML: ${mistake.message}`, known?.hint);
}

/** Aliases of unknown anchors, each at its place; or, when there are none, an alias bomb or loop. */
function reportAliases(document: Document.Parsed, report: Report): void {
  let unknown = 0;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const [start = 0, end = 1] = alias.range ?? [];
      report.errorAt(
        { start, end },
        `unknown alias \`*${alias.source}\``,
        `write \`&${alias.source}\` at an earlier value`,
      );
      unknown++;
    },
  });
  if (unknown > 0) return;
  report.errorAt(
    { start: 0, end: 1 },
    `aliases expand to more than ${MAX_ALIASES} values`,
    'use fewer aliases',
  );
}
