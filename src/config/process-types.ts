/** Processes after reading and defaults: programs that speak ExaBGP's process API. Plain data in canonical form. */

/** What a process may hear about neighbors. */
export const PROCESS_EVENTS = [
  'neighbor-changes',
  'fsm',
  'notification',
  'open',
  'update',
  'keepalive',
  'refresh',
] as const;
export type ProcessEventKind = (typeof PROCESS_EVENTS)[number];

/** An entry of `processes`: a program that announces routes with ExaBGP's process API. */
export interface ProcessConfig {
  readonly name: string;
  /** Program and arguments. */
  readonly run: readonly string[];
  readonly encoder: 'text' | 'json';
  readonly version: 4 | 5;
  readonly respawn: boolean;
  /** How long routes outlive the process; 0: they do not. */
  readonly keepRoutesSeconds: number;
  /** Commands are acknowledged until the process says otherwise. */
  readonly acks: boolean;
  readonly receive: readonly ProcessEventKind[];
  /** Addresses of the only neighbors it has to do with; undefined: all. */
  readonly neighbors: readonly string[] | undefined;
}
