/**
 * The configuration in force as one file: the text it was read from, with its comments, its drop-ins, and what was done
 * at run time in the words of the file.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { canonicalAddress } from '../base/address.ts';
import type { ConfigText } from './drop-ins.ts';
import { fileRoute, type RouteFields } from './route-file.ts';

/** Keys whose values are nobody's business: TCP MD5 keys, and headers of checks, any of which may carry credentials. */
const SECRET_KEYS: readonly unknown[] = ['password', 'headers'];

/** Stands in their place. */
const HIDDEN = 'hidden';

/** What is shown of the texts. */
export interface ExportOptions {
  /** Whether passwords are. */
  readonly secrets: boolean;
  /** Whether comments are, in which passwords may stand as well. */
  readonly comments: boolean;
}

/** What was done at run time. */
export interface RuntimeChanges {
  /** Routes to announce besides those of the texts. */
  readonly routes: readonly RouteFields[];
  /** Neighbors that are disabled, by canonical address, and what they were told; may be empty. */
  readonly disabled: ReadonlyMap<string, string>;
}

export interface ExportedText {
  readonly text: string;
  /** Values that were replaced. */
  readonly hidden: number;
  /** Of {@link RuntimeChanges.disabled}, those that no entry of `neighbors` stands for. */
  readonly unlisted: readonly string[];
}

/**
 * One file with the content of `texts`, which have been read as a configuration before.
 *
 * @param texts the configuration file and its drop-ins
 */
export function exportConfig(
  texts: readonly ConfigText[],
  { routes, disabled }: RuntimeChanges,
  { secrets, comments }: ExportOptions,
): ExportedText {
  const [main, ...dropIns] = texts;
  const document = parseDocument(main?.text ?? '');
  const add = (key: string, value: unknown): void => {
    const old = document.get(key);
    if (isSeq(old) && Array.isArray(value)) for (const item of value) old.add(document.createNode(item));
    else if (isMap(old)) {
      for (const [name, entry] of Object.entries(value as object)) old.set(name, document.createNode(entry));
    } else document.set(key, document.createNode(value));
  };
  // Comments of drop-ins are lost: their nodes may refer to anchors of their own.
  for (const { text } of dropIns)
    for (const [key, value] of Object.entries((parseDocument(text).toJS() as object | null) ?? {}))
      add(key, value);
  if (routes.length > 0) add('networks', routes.map(fileRoute));
  const left = new Map(disabled);
  const neighbors = document.get('neighbors', true) as Node | undefined;
  if (isSeq(neighbors))
    for (const item of neighbors.items) {
      const neighbor = (item as Node).toJS(document) as { readonly address?: unknown };
      const address = canonicalAddress(String(neighbor.address)) ?? '';
      const message = left.get(address);
      if (message === undefined || !isMap(item)) continue;
      item.set('shutdown', message === '' ? true : message);
      left.delete(address);
    }
  const hidden = secrets ? 0 : hideSecrets(document);
  if (!comments) removeComments(document);
  return { text: document.toString({ lineWidth: 0 }), hidden, unlisted: [...left.keys()] };
}

/** Returns how many values were replaced. */
function hideSecrets(document: Document): number {
  const hidden = new Set<Node>();
  visit(document, {
    Pair(_, { key, value }: Pair) {
      if (isScalar(key) && SECRET_KEYS.includes(key.value)) hide(value, document, hidden);
    },
  });
  return hidden.size;
}

/** Replaces all values in `value`, also where an alias has them from. */
function hide(value: unknown, document: Document, hidden: Set<Node>): void {
  if (isAlias(value)) hide(value.resolve(document), document, hidden);
  else if (isScalar(value)) {
    value.value = HIDDEN;
    delete value.source;
    hidden.add(value);
  } else if (isMap(value)) for (const pair of value.items) hide(pair.value, document, hidden);
}

function removeComments(document: Document): void {
  document.commentBefore = null;
  document.comment = null;
  visit(document, (_, node) => {
    if (!isNode(node)) return;
    node.commentBefore = null;
    node.comment = null;
  });
}
