/**
 * Persistence: runtime decisions of operators and API clients (routes of `cli` and `api:` owners, disabled neighbors)
 * that survive the daemon when the configuration says `persist: true`, and the drop-in that `bellhop save` writes.
 * Routes of VIPs and processes are not kept: whether they are announced is decided anew by what watches them.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BellhopError } from '../base/errors.ts';
import { dropInDirectory, readDropIns } from '../config/drop-ins.ts';
import { loadConfig } from '../config/load.ts';
import { savedNetworks } from '../config/route-file.ts';
import type { StateRecord } from '../config/state-record.ts';
import type { Speaker } from './speaker.ts';
import { readState, StateFile } from './state-file.ts';
import type { Disabled } from './status.ts';

/** Owners whose routes an operator or a client has announced: nobody else brings them back. */
export const PERSISTENT_OWNER = /^(cli$|api:)/;

/** What a restart brings back. */
export interface Restored {
  readonly routes: number;
  /** Routes whose time was over while bellhop was not running. */
  readonly expired: number;
  readonly disabled: number;
}

/** What {@link Persistence.save} did. */
export interface SavedRoutes {
  readonly file: string;
  readonly saved: number;
  readonly leftOut: number;
  /** Disabled neighbors: a drop-in adds entries and changes none. */
  readonly disabled: number;
}

export class Persistence {
  readonly #speaker: Speaker;
  #file: StateFile | undefined;
  /** Why the state file is not used. */
  damage: string | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /**
   * Brings back what the state file holds and writes every change to it from now on. Call it before the speaker is
   * started. A damaged file is left as it is: nothing of it is announced, and `damage` says so.
   */
  start(path: string): Restored {
    const { records, damage } = readState(path);
    if (damage !== undefined) {
      this.damage = `state file ${path} is not used, move it away to begin anew: ${damage}`;
      this.#speaker.publish({ type: 'warning', reason: this.damage });
      return { routes: 0, expired: 0, disabled: 0 };
    }
    const restored = this.#restore(records);
    const file = new StateFile(
      path,
      () => this.#snapshot(),
      (reason) => this.#speaker.publish({ type: 'warning', reason }),
    );
    this.#file = file;
    const { ownRoutes, clock } = this.#speaker;
    this.#stops.push(
      ownRoutes.observe((owner, prefix, route, expiresAt) => {
        if (!PERSISTENT_OWNER.test(owner)) return;
        const expires =
          expiresAt === undefined ? undefined : Math.round(Date.now() - clock.now() + expiresAt);
        file.append(
          route === undefined
            ? { type: 'withdraw', owner, prefix }
            : { type: 'announce', owner, route, expires },
        );
      }),
      this.#speaker.subscribe((event) => {
        if (event.type !== 'administrative') return;
        const { peer: neighbor, disabled } = event;
        file.append(
          disabled === undefined ? { type: 'enable', neighbor } : { type: 'disable', neighbor, ...disabled },
        );
      }),
    );
    // The first thing written is a whole file: a directory that cannot be used is known now.
    void file.saved().catch(() => undefined);
    return restored;
  }

  /** Resolves when every change so far would survive. @throws BellhopError NOT_SAVED. */
  async saved(): Promise<void> {
    if (this.damage !== undefined)
      throw new BellhopError('NOT_SAVED', `done, but it would not survive a restart: ${this.damage}`);
    await this.#file?.saved();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#file?.close();
  }

  /**
   * Writes the runtime routes into a drop-in of the configuration at `configPath`. Routes that end by themselves and
   * prefixes the configuration on disk announces already are left out.
   *
   * @throws BellhopError CONFIG_INVALID when the files on disk are not what they should be; nothing is written.
   */
  save(configPath: string): SavedRoutes {
    const file = join(dropInDirectory(configPath), '50-saved.yaml');
    const dropIns = readDropIns(configPath, (path) => readFileSync(path, 'utf8'));
    // What is on disk counts: the running configuration may be another one.
    const loaded = loadConfig(configPath, { dropIns: dropIns.filter((dropIn) => dropIn.file !== file) });
    if (!loaded.ok)
      throw new BellhopError(
        'CONFIG_INVALID',
        `${configPath} is not valid, nothing saved: \`bellhop check\` says why`,
      );
    const known = new Set(loaded.config.networks.map(({ prefix }) => prefix));
    const entries = this.#speaker.ownRoutes.entries().filter(({ owner }) => PERSISTENT_OWNER.test(owner));
    const routes = entries.filter(({ route, expiresAt }) => {
      if (expiresAt !== undefined || known.has(route.prefix)) return false;
      known.add(route.prefix);
      return true;
    });
    if (routes.length > 0) {
      let old = '';
      try {
        old = readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
      writeAtomically(
        file,
        savedNetworks(
          old,
          routes.map(({ route }) => route),
        ),
      );
    }
    const disabled = this.#speaker.neighbors().filter((neighbor) => neighbor.disabled !== undefined).length;
    return { file, saved: routes.length, leftOut: entries.length - routes.length, disabled };
  }

  #restore(records: readonly StateRecord[]): Restored {
    const routes = new Map<string, StateRecord & { type: 'announce' }>();
    const disabled = new Map<string, Disabled>();
    for (const record of records) {
      if (record.type === 'announce') routes.set(`${record.owner} ${record.route.prefix}`, record);
      else if (record.type === 'withdraw') routes.delete(`${record.owner} ${record.prefix}`);
      else if (record.type === 'disable')
        disabled.set(record.neighbor, { message: record.message, since: record.since });
      else disabled.delete(record.neighbor);
    }
    let expired = 0;
    const now = Date.now();
    for (const { owner, route, expires } of routes.values()) {
      if (expires !== undefined && expires <= now) expired++;
      else
        this.#speaker.ownRoutes.announce(owner, route, {
          ttlMilliseconds: expires === undefined ? undefined : expires - now,
        });
    }
    for (const [address, how] of disabled) this.#speaker.disabledAtStart.set(address, how);
    return { routes: routes.size - expired, expired, disabled: disabled.size };
  }

  *#snapshot(): Iterable<StateRecord> {
    const now = Date.now();
    for (const { owner, route, remainingMilliseconds } of this.#speaker.ownRoutes.entries()) {
      if (!PERSISTENT_OWNER.test(owner)) continue;
      const expires = remainingMilliseconds === undefined ? undefined : now + remainingMilliseconds;
      yield { type: 'announce', owner, route, expires };
    }
    for (const [neighbor, disabled] of this.#speaker.disabledAtStart)
      yield { type: 'disable', neighbor, ...disabled };
    for (const { address, disabled } of this.#speaker.neighbors())
      if (disabled !== undefined) yield { type: 'disable', neighbor: address, ...disabled };
  }
}

/** The file has the old text or the new one, whatever happens meanwhile. */
function writeAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', 0o640);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
