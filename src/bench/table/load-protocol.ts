/** What the program and its load process say to each other. */
import type { RunRequest, RunResult } from './load.ts';
import type { Scenario } from './scenarios.ts';

/** Where the routes come from. */
export interface SourceRequest {
  readonly scenario: Scenario;
  /** At most this many. */
  readonly prefixes: number;
  readonly seed: number;
  /** A recording in place of the seed. */
  readonly mrt: string | undefined;
}

export type LoadRequest =
  | { readonly kind: 'prepare'; readonly source: SourceRequest }
  | { readonly kind: 'run'; readonly run: RunRequest };

export type LoadAnswer =
  /** The routes are made and encoded. */
  | { readonly kind: 'prepared'; readonly description: string }
  | { readonly kind: 'result'; readonly result: RunResult }
  | { readonly kind: 'failure'; readonly message: string };
