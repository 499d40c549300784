/**
 * ConfigManager: the configuration file of a running speaker: reload, plan, apply until confirmed, go back.
 *
 * Whatever is wrong with a file, nothing changes: it is read and checked as a whole before the speaker hears of it.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import type { Timer } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import type { ConfigDiagnostic } from '../config/diagnostic.ts';
import { diffConfig } from '../config/diff.ts';
import { type ConfigText, readDropIns } from '../config/drop-ins.ts';
import { type LoadResult, loadConfig, parseConfig } from '../config/load.ts';
import { type ChangeClass, explainChanges, type PlannedChange } from '../config/plan.ts';
import type { Config } from '../config/types.ts';
import { assertAtMost } from './change-limit.ts';
import { type ExportedConfig, exportedConfig } from './config-export.ts';
import { InvalidConfig } from './invalid-config.ts';
import { type PlannedRoutes, plannedRoutes } from './planned-routes.ts';
import {
  assertNothingForeign,
  type Named,
  recordingOutside,
  refuseForeign,
  remoteOutside,
} from './remote-config.ts';
import type { PeerPlan } from './route-plan.ts';
import type { Speaker } from './speaker.ts';

/** What a configuration changes, or has changed. */
export interface ConfigOutcome {
  /** Whether it has been done; false for a plan. */
  readonly applied: boolean;
  readonly warnings: readonly ConfigDiagnostic[];
  readonly changes: readonly PlannedChange[];
  readonly routes: PlannedRoutes;
  /** What happens to the routes of each running session; of a plan only. */
  readonly peers?: readonly PeerPlan[];
  /** What {@link peers} does not have, one sentence each. */
  readonly notes?: readonly string[];
  /** Seconds until all of it is undone unless it is confirmed. */
  readonly confirmWithinSeconds?: number;
}

/** How a configuration is taken. */
export interface ApplyOptions {
  /** Without {@link ConfigManager.confirm} in that time, all of it is undone. */
  readonly confirmWithinSeconds?: number | undefined;
  /** Nothing is changed when a change costs more than that. */
  readonly atMost?: ChangeClass | undefined;
  /** It comes from a client on TCP (`remote-config.ts`). */
  readonly remote?: boolean | undefined;
}

/** An applied configuration that nobody has confirmed yet. */
interface Pending {
  readonly file: string;
  readonly before: Config;
  readonly beforeTexts: readonly ConfigText[];
  readonly timer: Timer;
}

export class ConfigManager {
  readonly path: string;
  readonly #speaker: Speaker;
  #pending: Pending | undefined;
  /** What the configuration in force was read from. The files may say something else by now. */
  #texts: readonly ConfigText[];
  /** What the daemon's own configuration names, once somebody has asked. */
  #named: Named | undefined;
  /** Settles when the plan asked for last is made: they are made one after the other. */
  #planning: Promise<unknown> | undefined;

  /**
   * @param path of the configuration file the speaker was started with
   * @param texts that the configuration of the speaker was read from
   */
  constructor(speaker: Speaker, path: string, texts: readonly ConfigText[]) {
    this.#speaker = speaker;
    this.path = path;
    this.#texts = texts;
  }

  /** Reads the configuration file again and applies it. @throws InvalidConfig, BellhopError. */
  reload({ atMost }: Pick<ApplyOptions, 'atMost'> = {}): ConfigOutcome {
    this.#assertNothingPending();
    this.#named = undefined;
    return this.#take(loadConfig(this.path), true, { atMost });
  }

  /**
   * The configuration in force, with what was changed at run time.
   *
   * @param secrets whether passwords are shown
   * @param remote whether a client on TCP asks
   */
  export(secrets: boolean, remote = false): ExportedConfig {
    return exportedConfig(this.#speaker, this.#texts, { secrets, remote });
  }

  /**
   * What the configuration `text` would change.
   *
   * @param file its name in diagnostics.
   * @param options `signal`: when nobody wants the plan any more it is not begun; `remote` as in {@link ApplyOptions}.
   * @throws InvalidConfig, BellhopError UNSUPPORTED when the configuration is changed meanwhile, REFUSED.
   */
  plan(
    text: string,
    file: string,
    { signal, remote }: { readonly signal?: AbortSignal; readonly remote?: boolean } = {},
  ): Promise<ConfigOutcome> {
    const made =
      this.#planning === undefined
        ? this.#plan(text, file, remote)
        : this.#planning.then(() => {
            if (!signal?.aborted) return this.#plan(text, file, remote);
            throw new BellhopError('UNSUPPORTED', 'nobody waits for this plan any more');
          });
    const settled: Promise<void> = made.then(
      () => this.#planMade(settled),
      () => this.#planMade(settled),
    );
    this.#planning = settled;
    return made;
  }

  #planMade(settled: Promise<void>): void {
    if (this.#planning === settled) this.#planning = undefined;
  }

  async #plan(text: string, file: string, remote?: boolean): Promise<ConfigOutcome> {
    const loaded = this.#parse(text, file, remote);
    const outcome = this.#take(loaded, false, { remote });
    if (!loaded.ok) return outcome;
    const before = this.#speaker.config;
    const peers = await this.#speaker.planRoutes(loaded.config);
    return { ...outcome, peers, notes: notesOf(before, loaded.config) };
  }

  /**
   * Applies the configuration `text`; it stays until the next reload or start.
   *
   * @throws InvalidConfig, BellhopError UNSUPPORTED while another one waits to be confirmed, REFUSED.
   */
  apply(text: string, file: string, options: ApplyOptions = {}): ConfigOutcome {
    const { confirmWithinSeconds, remote } = options;
    this.#assertNothingPending();
    const loaded = this.#parse(text, file, remote);
    const [before, beforeTexts] = [this.#speaker.config, this.#texts];
    const outcome = this.#take(loaded, true, options);
    if (confirmWithinSeconds === undefined) return outcome;
    const timer = this.#speaker.clock.timer(() => this.#expire(confirmWithinSeconds));
    timer.start(confirmWithinSeconds * 1000);
    this.#pending = { file, before, beforeTexts, timer };
    return { ...outcome, confirmWithinSeconds };
  }

  /** Keeps what was applied. Returns the name of its file. @throws BellhopError NOT_FOUND when nothing waits. */
  confirm(): string {
    return this.#settle().file;
  }

  /** Undoes what was applied and not confirmed. @throws BellhopError NOT_FOUND when nothing waits. */
  rollback(): ConfigOutcome {
    const { before, beforeTexts } = this.#settle();
    return this.#take({ ok: true, config: before, warnings: [], texts: beforeTexts }, true);
  }

  /** Stops waiting for a confirmation; what was applied stays as it is. */
  stop(): void {
    this.#pending?.timer.stop();
    this.#pending = undefined;
  }

  #expire(seconds: number): void {
    const { file } = this.#pending!;
    this.rollback();
    const reason = `${file} was not confirmed within ${seconds} s: back to the configuration before`;
    this.#speaker.publish({ type: 'warning', reason });
  }

  #settle(): Pending {
    const pending = this.#pending;
    if (pending === undefined) throw new BellhopError('NOT_FOUND', 'no configuration waits to be confirmed');
    this.stop();
    return pending;
  }

  #assertNothingPending(): void {
    if (this.#pending === undefined) return;
    throw new BellhopError(
      'UNSUPPORTED',
      `${this.#pending.file} waits to be confirmed; \`bellhop confirm\` keeps it, \`bellhop rollback\` undoes it`,
    );
  }

  /** With the drop-ins of the daemon: a plan must not take their routes for removed ones. */
  #parse(text: string, file: string, remote = false): LoadResult {
    const dropIns = this.#dropIns();
    if (!remote) return parseConfig(text, file, { dropIns });
    // The other machine has other folders.
    const folder = dirname(resolvePath(this.path));
    const foreign = new Set<string>();
    const outside = remoteOutside(this.path, this.#namedByFile(), (name) => foreign.add(name));
    const loaded = parseConfig(text, file, { dropIns, folder, ...outside });
    refuseForeign([...foreign].map((name) => `the environment variable ${name}`));
    return loaded;
  }

  #dropIns(): ConfigText[] {
    return readDropIns(this.path, (path) => readFileSync(path, 'utf8'));
  }

  /** What the configuration file of the daemon names. */
  #namedByFile(): Named {
    if (this.#named !== undefined) return this.#named;
    const named = { files: new Set<string>(), variables: new Set<string>() };
    loadConfig(this.path, recordingOutside(named));
    this.#named = named;
    return named;
  }

  #take(loaded: LoadResult, apply: boolean, { atMost, remote }: ApplyOptions = {}): ConfigOutcome {
    if (!loaded.ok) throw new InvalidConfig(loaded.errors);
    const { config, warnings, texts } = loaded;
    if (remote === true) assertNothingForeign(this.#speaker.config, config);
    const outcome = {
      applied: apply,
      warnings,
      changes: explainChanges(this.#speaker.config, config, this.#speaker.dynamicPeers()),
      routes: plannedRoutes(this.#speaker, config),
    };
    if (apply && atMost !== undefined) assertAtMost(outcome.changes, atMost);
    if (!apply) return outcome;
    this.#speaker.apply(config);
    this.#texts = texts;
    return outcome;
  }
}

/** What a plan of routes leaves out. */
function notesOf(old: Config, next: Config): string[] {
  const { addedAggregates, removedAggregates, removedNeighbors, resetNeighbors } = diffConfig(old, next);
  const notes: string[] = [];
  const limits = ({ neighbors, dynamicNeighbors }: Config) =>
    JSON.stringify([...neighbors, ...dynamicNeighbors].map((peer) => peer.maxPrefixesOut));
  if (limits(old) !== limits(next))
    notes.push('Which routes fit into another `max-prefixes-out` is an estimate.');
  if (next.networks.some(({ announceIfPresent }) => announceIfPresent !== undefined))
    notes.push('Networks with a new `announce-if-present` are not counted for the peers.');
  if (addedAggregates.length + removedAggregates.length > 0)
    notes.push('Routes that come, go or are hidden with an aggregate are not counted for the peers.');
  if (removedNeighbors.length + resetNeighbors.length > 0)
    notes.push('While a session is down its routes are gone for the other peers too; they are not counted.');
  return notes;
}
