/**
 * Reads manifest files: several YAML documents in a file, lists of objects, and each object checked against its kind.
 * Never throws: what is wrong comes with file, line and column, object by object.
 */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { type ConfigDiagnostic, Report } from '../../config/diagnostic.ts';
import { type KeyPath, pathText } from '../../config/key-path.ts';
import { Source } from '../../config/locate.ts';
import { suggest } from '../../config/suggest.ts';
import { parseYaml } from '../../config/yaml-text.ts';
import { describeIssue } from './issues.ts';
import { KINDS, type Kind, PASSED_OVER } from './kinds/index.ts';
import { defaultNamespace, type Identity, type Manifest, type Place } from './manifest.ts';

/** Aliases of one document that may be expanded; more is taken for an attack. */
const MAX_ALIASES = 1_000;

/** An object of a file: good, wrong (`errors`), or of no use to us (`passedOver`). */
export interface ReadObject extends Identity {
  readonly place: Place;
  readonly manifest?: Manifest;
  readonly errors: readonly ConfigDiagnostic[];
  readonly passedOver?: string;
}

export interface ReadFile {
  readonly file: string;
  readonly objects: readonly ReadObject[];
  /** What is wrong with the YAML; then there are no objects. */
  readonly errors: readonly ConfigDiagnostic[];
}

/** The objects in the text of a file. */
export function readManifests(file: string, text: string): ReadFile {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false });
  if (!Array.isArray(documents)) return { file, objects: [], errors: [] };
  const errors: ConfigDiagnostic[] = [];
  const objects: ReadObject[] = [];
  for (const document of documents as Document.Parsed[]) {
    const source = new Source(file, text, document, lines);
    const report = new Report(source);
    for (const { pos, message } of document.errors)
      report.errorAt({ start: pos[0], end: pos[1] }, `not valid YAML: ${message}`);
    const raw = report.errors.length > 0 ? undefined : contentOf(document, report);
    errors.push(...report.errors);
    if (raw !== undefined && raw !== null) objects.push(...readRoot(raw, [], source));
  }
  return errors.length > 0 ? { file, objects: [], errors } : { file, objects, errors };
}

/** A file that cannot be read at all. */
export function unreadable(file: string, reason: string): ReadFile {
  const report = new Report(new Source(file, '', parseYaml('').document, new LineCounter()));
  report.errorAt({ start: 0, end: 1 }, `cannot be read: ${reason}`);
  return { file, objects: [], errors: report.errors };
}

function contentOf(document: Document.Parsed, report: Report): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    report.errorAt({ start: 0, end: 1 }, `aliases cannot be expanded: ${(error as Error).message}`);
    return undefined;
  }
}

const header = z.object({
  apiVersion: z.string(),
  kind: z.string().min(1),
  metadata: z.object({
    name: z.string().min(1),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    creationTimestamp: z.string().default(''),
  }),
});

/** An object, or a list of objects as `kubectl get` prints several of them. */
function readRoot(raw: unknown, path: KeyPath, source: Source): ReadObject[] {
  const kind = (raw as { kind?: unknown } | null)?.kind;
  const items = (raw as { items?: unknown } | null)?.items;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    const one = kind === 'List' ? undefined : kind.slice(0, -'List'.length);
    const apiVersion = (raw as { apiVersion?: unknown }).apiVersion;
    return items.flatMap((item: unknown, i) => {
      const isBare = one !== undefined && typeof item === 'object' && item !== null && !('kind' in item);
      return readRoot(isBare ? { apiVersion, kind: one, ...item } : item, [...path, 'items', i], source);
    });
  }
  return [readObject(withoutNulls(raw), path, source)];
}

function readObject(raw: unknown, path: KeyPath, source: Source): ReadObject {
  const report = new Report(source);
  const { line, column } = source.position(source.find(path, 'key').start);
  const place = { file: source.file, line, column };
  const head = header.safeParse(raw, { reportInput: true });
  if (!head.success) {
    for (const issue of head.error.issues) describeIssue(issue, path, report);
    const { kind, metadata } = (raw ?? {}) as { kind?: unknown; metadata?: { name?: unknown } };
    const identity = { kind: textOr(kind, '?'), namespace: '', name: textOr(metadata?.name, '?') };
    return { ...identity, place, errors: report.errors };
  }
  const { apiVersion, kind, metadata } = head.data;
  const identity = { kind, namespace: metadata.namespace ?? defaultNamespace(kind), name: metadata.name };
  const schema = schemaOf(kind, apiVersion, path, report);
  if (typeof schema === 'string') return { ...identity, place, errors: [], passedOver: schema };
  if (schema === undefined) return { ...identity, place, errors: report.errors };
  const notes: string[] = [];
  const contents = check(schema, raw, path, report, notes);
  if (contents === undefined) return { ...identity, place, errors: report.errors };
  const { labels, annotations, creationTimestamp: created } = metadata;
  // The schema is that of the kind.
  const manifest = {
    ...identity,
    labels,
    annotations,
    created,
    place,
    contents,
    notes,
  } as unknown as Manifest;
  return { ...identity, place, manifest, errors: [] };
}

/** The schema of a manifest; a sentence when its kind is of no use; undefined when its version is not known. */
function schemaOf(
  kind: string,
  apiVersion: string,
  path: KeyPath,
  report: Report,
): z.ZodType | string | undefined {
  const known = PASSED_OVER.get(kind);
  if (known !== undefined) return known;
  if (!Object.hasOwn(KINDS, kind)) return `bellhop has no use for objects of kind ${kind}`;
  const versions: Readonly<Record<string, z.ZodType>> = KINDS[kind as Kind];
  if (Object.hasOwn(versions, apiVersion)) return versions[apiVersion];
  const hint = `write ${Object.keys(versions).join(' or ')}`;
  report.error([...path, 'apiVersion'], `\`${apiVersion}\` has no ${kind} that bellhop knows`, hint);
  return undefined;
}

/** Fields that the kind does not have are noted and passed over, as the API server does. */
function check(schema: z.ZodType, raw: unknown, path: KeyPath, report: Report, notes: string[]): unknown {
  const value = structuredClone(raw);
  for (;;) {
    const checked = schema.safeParse(value, { reportInput: true });
    if (checked.success) return checked.data;
    const unknown = checked.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
    if (unknown.length === 0) {
      for (const issue of checked.error.issues) describeIssue(issue, path, report);
      return undefined;
    }
    for (const { path: at, keys } of unknown) {
      const holder = at.reduce(
        (inner: unknown, step) => (inner as Record<PropertyKey, unknown>)[step],
        value,
      );
      for (const key of keys) {
        const meant = suggest(key, knownBeside(schema, at));
        const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
        notes.push(`\`${pathText([...(at as string[]), key])}\` is not a field of this kind${hint}`);
        delete (holder as Record<string, unknown>)[key];
      }
    }
  }
}

/** Names of the fields at a place of a schema. */
function knownBeside(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let node: unknown = schema;
  for (const step of path) {
    node = unwrap(node);
    if (node instanceof z.ZodObject) node = (node.shape as Record<PropertyKey, unknown>)[step];
    else if (node instanceof z.ZodArray) node = node.element;
  }
  node = unwrap(node);
  return node instanceof z.ZodObject ? Object.keys(node.shape) : [];
}

function unwrap(node: unknown): unknown {
  if (node instanceof z.ZodOptional || node instanceof z.ZodDefault) return unwrap(node.unwrap());
  if (node instanceof z.ZodPipe) return unwrap(node.in instanceof z.ZodTransform ? node.out : node.in);
  return node;
}

/** `status: null` and the like say nothing. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
