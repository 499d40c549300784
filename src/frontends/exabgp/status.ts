/** What processes tell people: plain data, the JSON of the API and of `bellhop show processes --json`, and events. */

/** A program and what came of it. */
export interface ProcessStatus {
  readonly name: string;
  readonly command: readonly string[];
  /** `waiting` to be started again, `ended` for good. */
  readonly state: 'running' | 'waiting' | 'ended';
  readonly pid: number | undefined;
  /** ISO 8601 time of the last change of `state`. */
  readonly since: string;
  /** How it ended last, or why it could not be started. */
  readonly lastEnd: string | undefined;
  /** Times it was started again. */
  readonly restarts: number;
  readonly routes: number;
  /** Lines obeyed or refused. */
  readonly commands: number;
  /** Of these, refused. */
  readonly errors: number;
  readonly lastError:
    | { readonly time: string; readonly command: string; readonly reason: string }
    | undefined;
  /** What was understood but cannot be obeyed; each once. */
  readonly notes: readonly string[];
  readonly eventsSent: number;
  /** Events dropped because it did not read. */
  readonly eventsDropped: number;
  /** Bytes that wait for it to read. */
  readonly unreadBytes: number;
  /** Its commands wait until it reads. */
  readonly blocked: boolean;
  /** Lines of its standard error that were not logged. */
  readonly logLinesDropped: number;
}

/** What the API may ask. */
export interface ProcessView {
  processes(): ProcessStatus[];
}

/** What happens to programs, for logs. */
export type ProcessEvent =
  | { readonly type: 'processStarted'; readonly process: string; readonly pid: number }
  | {
      readonly type: 'processEnded';
      readonly process: string;
      readonly reason: string;
      /** Routes withdrawn, or kept for so many seconds. */
      readonly routes: number;
      readonly keptSeconds: number | undefined;
      /** undefined: it is not started again. */
      readonly restartSeconds: number | undefined;
    }
  | {
      readonly type: 'processError';
      readonly process: string;
      readonly command: string;
      readonly reason: string;
    }
  | { readonly type: 'processNote'; readonly process: string; readonly reason: string }
  /** A line of its standard error. */
  | { readonly type: 'processSaid'; readonly process: string; readonly line: string };
