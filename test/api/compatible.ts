/** What a client of an older version of the API would stumble over in a newer one. */

type Node = Readonly<Record<string, unknown>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Node>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Node>> };
}

/**
 * Changes between two OpenAPI documents that break clients, one line each: an operation, a key of an answer or a value
 * that is gone, a key of an answer that may be missing now, a type that is another one, a key of a request that is
 * needed now or not known any more.
 */
export function breakingChanges(old: Document, next: Document): string[] {
  const found: string[] = [];
  for (const [path, operations] of Object.entries(old.paths))
    for (const [method, before] of Object.entries(operations)) {
      const place = `${method} ${path}`;
      const after = next.paths[path]?.[method];
      if (after === undefined) {
        found.push(`${place} is gone`);
        continue;
      }
      const compare = (what: string, of: (operation: Node) => unknown, direction: 'in' | 'out') =>
        compareSchemas({ old, next, direction, found }, `${place} ${what}`, of(before), of(after), new Set());
      compare('answer', answerOf, 'out');
      compare('body', (operation) => schemaOf(operation['requestBody']), 'in');
      compareParameters(`${place} parameter`, before, after, found);
    }
  return found;
}

function answerOf(operation: Node): unknown {
  const responses = operation['responses'] as Node;
  return schemaOf(responses[Object.keys(responses).find((code) => code.startsWith('2')) ?? '']);
}

function schemaOf(part: unknown): unknown {
  const content = (part as Node | undefined)?.['content'] as Node | undefined;
  return (content?.['application/json'] as Node | undefined)?.['schema'];
}

function compareParameters(place: string, before: Node, after: Node, found: string[]): void {
  const names = (operation: Node) =>
    new Map(((operation['parameters'] ?? []) as Node[]).map((one) => [String(one['name']), one]));
  const [known, now] = [names(before), names(after)];
  for (const name of known.keys()) if (!now.has(name)) found.push(`${place} ${name} is gone`);
  for (const [name, one] of now)
    if (one['required'] === true && known.get(name)?.['required'] !== true)
      found.push(`${place} ${name} is needed`);
}

interface Comparison {
  readonly old: Document;
  readonly next: Document;
  /** `in`: what clients send; `out`: what they get. */
  readonly direction: 'in' | 'out';
  readonly found: string[];
}

function compareSchemas(
  comparison: Comparison,
  place: string,
  before: unknown,
  after: unknown,
  seen: Set<string>,
): void {
  if (before === undefined) return;
  const { found, direction } = comparison;
  const [one, other] = [resolved(comparison.old, before, seen), resolved(comparison.next, after)];
  if (one === undefined) return;
  if (other === undefined) {
    found.push(`${place} is gone`);
    return;
  }
  if (JSON.stringify(one['type']) !== JSON.stringify(other['type'])) {
    found.push(`${place} is ${JSON.stringify(other['type'])}, was ${JSON.stringify(one['type'])}`);
    return;
  }
  const [values, now] = [one['enum'] as string[] | undefined, other['enum'] as string[] | undefined];
  const lost = direction === 'in' ? (values ?? []).filter((value) => now?.includes(value) === false) : [];
  if (lost.length > 0) found.push(`${place} cannot be ${lost.join(', ')} any more`);
  const properties = (node: Node) => (node['properties'] ?? {}) as Node;
  const needed = (node: Node) => (node['required'] ?? []) as string[];
  for (const [key, value] of Object.entries(properties(one))) {
    const below = `${place} .${key}`;
    if (!(key in properties(other))) found.push(`${below} is gone`);
    else {
      if (direction === 'out' && needed(one).includes(key) && !needed(other).includes(key))
        found.push(`${below} may be missing`);
      compareSchemas(comparison, below, value, properties(other)[key], new Set(seen));
    }
  }
  if (direction === 'in')
    for (const key of needed(other)) if (!needed(one).includes(key)) found.push(`${place} .${key} is needed`);
  compareSchemas(comparison, `${place} []`, one['items'], other['items'], seen);
}

/** The schema behind a reference; undefined where one goes round in circles. */
function resolved(document: Document, schema: unknown, seen?: Set<string>): Node | undefined {
  const node = schema as Node | undefined;
  const reference = node?.['$ref'];
  if (typeof reference !== 'string') return node;
  if (seen?.has(reference)) return undefined;
  seen?.add(reference);
  return document.components.schemas[reference.split('/').at(-1)!];
}
