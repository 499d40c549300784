/**
 * Obeys the commands of one process: routes into its own set, questions answered, everything acknowledged. Knows
 * nothing of pipes: a line in, the text of the answer out.
 */
import { canonicalAddress } from '../../base/address.ts';
import type { ProcessConfig } from '../../config/process-types.ts';
import type { SpeakerView } from '../../speaker/events.ts';
import type { NeighborStatus } from '../../speaker/status.ts';
import { type Command, parseCommand } from './command.ts';
import { type LineBuffer, TOO_LONG } from './line-buffer.ts';
import { type Audience, ProcessRoutes, type RouteStore, sentenceOf } from './process-routes.ts';
import { isSelected, type Selector } from './selectors.ts';
import { extensiveLines, helpLines, routeLines, summaryLines } from './show.ts';
import { CommandError } from './words.ts';

/** What is needed of the speaker. */
export type InterpreterSpeaker = Pick<
  SpeakerView,
  'status' | 'neighbors' | 'routes' | 'clear' | 'refresh'
> & { readonly ownRoutes: RouteStore };

export interface InterpreterHost {
  readonly speaker: InterpreterSpeaker;
  /** A command was refused. */
  refused(command: string, reason: string): void;
  /** Something was understood but cannot be obeyed; told once. */
  noted(reason: string): void;
}

/** Characters of a command that are shown when it is refused. */
const SHOWN_CHARACTERS = 200;

/** Different notes kept; there are fewer in the program. */
const MAX_NOTES = 16;

export class Interpreter {
  readonly routes: ProcessRoutes;
  readonly #host: InterpreterHost;
  readonly #config: ProcessConfig;
  readonly #notes = new Set<string>();
  /** Audiences of the present batch, by selectors. */
  readonly #audiences = new Map<string, Audience>();
  #acks: boolean;
  commands = 0;
  errors = 0;
  lastError: { readonly time: string; readonly command: string; readonly reason: string } | undefined;

  constructor(host: InterpreterHost, config: ProcessConfig) {
    this.#host = host;
    this.#config = config;
    this.#acks = config.acks;
    this.routes = new ProcessRoutes(host.speaker.ownRoutes, config.name);
  }

  get notes(): readonly string[] {
    return [...this.#notes];
  }

  /** The process has been started (again): nothing that an earlier run said holds. */
  begin(): void {
    this.#acks = this.#config.acks;
    this.routes.reset();
  }

  /** Forgets what it knows of neighbors; call it before the lines of a turn. */
  beginBatch(): void {
    this.#audiences.clear();
  }

  /** Obeys a line; returns what to answer, each line with its end, or '' for nothing. */
  obey(line: Exclude<ReturnType<LineBuffer['next']>, undefined>): string {
    const command: Command | undefined =
      line === TOO_LONG ? { kind: 'refused', reason: 'the line is too long' } : parseCommand(line);
    if (command === undefined || command.kind === 'comment') return '';
    this.commands++;
    try {
      if (command.kind === 'refused') throw new CommandError(command.reason);
      const lines = this.#obey(command);
      return lines.map((text) => `${text}\n`).join('') + this.#done(command);
    } catch (error) {
      return this.#refuse(line === TOO_LONG ? '' : line, sentenceOf(error));
    }
  }

  #obey(command: Exclude<Command, { kind: 'refused' } | { kind: 'comment' }>): readonly string[] {
    const { routes } = this;
    const { speaker } = this.#host;
    switch (command.kind) {
      case 'announce':
        for (const note of command.notes) this.#note(note);
        routes.change(command, this.#audience(command.selectors));
        return [];
      case 'withdraw':
        routes.change(command, this.#audience(command.selectors));
        return [];
      case 'watchdog':
        routes.watchdog(command.name ?? this.#config.name, command.announce);
        return [];
      case 'group':
        if (command.edge === 'start') routes.startGroup();
        else routes.endGroup();
        return [];
      case 'reset':
        routes.reset();
        return [];
      case 'acks':
        return [];
      case 'version':
        return [`bellhop ${speaker.status().version}, text API of exabgp ${this.#config.version}`];
      case 'help':
        return helpLines();
      case 'showNeighbor':
        return this.#showNeighbor(command);
      case 'showRoutes': {
        const addresses = this.#named(command.address).map(({ address }) => address);
        return routeLines((query) => speaker.routes(query), addresses, command.direction, command.extensive);
      }
      case 'clear':
        if (command.direction === 'out') routes.clear(this.#audience(command.selectors));
        else for (const { address } of this.#established(command.selectors)) speaker.clear(address, 'in');
        return [];
      case 'flush':
        for (const { address } of this.#established(command.selectors)) speaker.clear(address, 'out');
        return [];
      case 'teardown':
        for (const { address } of this.#established(command.selectors)) speaker.clear(address);
        return [];
      case 'refresh':
        for (const { address } of this.#established(command.selectors))
          speaker.refresh(address, command.family);
        return [];
    }
  }

  #showNeighbor({ form, address }: Extract<Command, { kind: 'showNeighbor' }>): readonly string[] {
    const neighbors = this.#named(address);
    if (form === 'json') return [JSON.stringify(neighbors)];
    if (form === 'extensive') return extensiveLines(neighbors);
    if (form === 'summary') return summaryLines(neighbors);
    throw new CommandError('say which: show neighbor summary, extensive or json');
  }

  /** The acknowledgement of a command that was obeyed. */
  #done(command: Command): string {
    let isAnswered = this.#acks;
    if (command.kind === 'acks') {
      isAnswered = command.mode !== 'silence' && (this.#acks || command.mode === 'enable');
      this.#acks = command.mode === 'enable';
    }
    return isAnswered ? this.#acknowledge('done', 'command completed') : '';
  }

  #refuse(line: string, reason: string): string {
    const command = printable(line);
    this.errors++;
    this.lastError = { time: new Date().toISOString(), command, reason };
    this.#host.refused(command, reason);
    return this.#acks ? this.#acknowledge('error', reason) : '';
  }

  #acknowledge(answer: 'done' | 'error', message: string): string {
    const isJson = this.#config.version === 5 && this.#config.encoder === 'json';
    return isJson ? `${JSON.stringify({ answer, message })}\n` : `${answer}\n`;
  }

  #note(reason: string): void {
    if (this.#notes.has(reason) || this.#notes.size >= MAX_NOTES) return;
    this.#notes.add(reason);
    this.#host.noted(reason);
  }

  /** @throws CommandError when there is no such neighbor. */
  #audience(selectors: readonly Selector[]): Audience {
    const key = selectors.map((selector) => selector.flat().join(' ')).join(',');
    let audience = this.#audiences.get(key);
    if (audience === undefined) {
      const all = this.#mine().map(({ address }) => address);
      const isOpen = selectors.length === 0 && this.#config.neighbors === undefined;
      // One that is configured is meant although a dynamic neighbor is not there yet.
      const peers =
        selectors.length === 0
          ? this.#config.neighbors
          : this.#selected(selectors).map(({ address }) => address);
      audience = { peers: isOpen ? undefined : [...new Set(peers)].sort(), all };
      this.#audiences.set(key, audience);
    }
    return audience;
  }

  #selected(selectors: readonly Selector[]): NeighborStatus[] {
    const { routerId } = this.#host.speaker.status();
    const found = this.#mine().filter((neighbor) =>
      isSelected(selectors, {
        ...neighbor,
        routerId,
        families: neighbor.families.map(({ family }) => family),
      }),
    );
    if (found.length === 0) throw new CommandError('no neighbor of this process is meant');
    return found;
  }

  #established(selectors: readonly Selector[]): NeighborStatus[] {
    const found = this.#selected(selectors).filter(({ state }) => state === 'Established');
    if (found.length === 0) throw new CommandError('no session with such a neighbor is established');
    return found;
  }

  #named(address: string | undefined): NeighborStatus[] {
    if (address === undefined) return this.#mine();
    const canonical = canonicalAddress(address);
    const found = this.#mine().filter((neighbor) => neighbor.address === canonical);
    if (found.length === 0) throw new CommandError(`${address} is no neighbor of this process`);
    return found;
  }

  /** The neighbors that this process has to do with. */
  #mine(): NeighborStatus[] {
    const { neighbors } = this.#config;
    return this.#host.speaker
      .neighbors()
      .filter(({ address }) => neighbors === undefined || neighbors.includes(address));
  }
}

/** The beginning of a line, fit for terminals and logs. */
export function printable(line: string): string {
  const text = line.slice(0, SHOWN_CHARACTERS).replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?');
  return line.length > SHOWN_CHARACTERS ? `${text}...` : text;
}
