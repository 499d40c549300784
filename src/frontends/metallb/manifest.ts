/** An object of a manifest file: who it is, where it is written, what it says. */
import type { Contents, Kind } from './kinds/index.ts';
import type { Labels } from './selectors.ts';

/** Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Identity {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Manifest<K extends Kind = Kind> extends Identity {
  readonly kind: K;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** `creationTimestamp`, or empty text. */
  readonly created: string;
  readonly place: Place;
  readonly contents: Contents[K];
  /** What it says that is not obeyed, one sentence each. */
  readonly notes: readonly string[];
}

/** Kinds of MetalLB are known by their names alone: it looks into one namespace. */
const CLUSTER_KINDS: readonly string[] = ['Namespace', 'Node'];
const METALLB_KINDS: readonly string[] = [
  'IPAddressPool',
  'BGPAdvertisement',
  'BGPPeer',
  'BFDProfile',
  'Community',
  'L2Advertisement',
];

/** What an object without a namespace is in. */
export function defaultNamespace(kind: string): string {
  if (CLUSTER_KINDS.includes(kind)) return '';
  return METALLB_KINDS.includes(kind) ? 'metallb-system' : 'default';
}

/** Text that two objects share only when they are the same one. */
export function identityOf({ kind, namespace, name }: Identity): string {
  return METALLB_KINDS.includes(kind) ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Whether a manifest is of this kind. */
export function isKind<K extends Kind>(kind: K): (manifest: Manifest) => manifest is Manifest<K> {
  return (manifest): manifest is Manifest<K> => manifest.kind === kind;
}
