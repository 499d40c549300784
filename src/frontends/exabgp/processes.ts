/**
 * All processes of a speaker: started, reloaded and stopped together, told what neighbors do, asked about by the API.
 */
import { type Clock, systemClock } from '../../base/clock.ts';
import type { ProcessConfig, ProcessEventKind } from '../../config/process-types.ts';
import type { SpeakerEvent, SpeakerView } from '../../speaker/events.ts';
import type { MessageSender, MessageSource } from '../../speaker/message-observer.ts';
import { sessionContext } from '../../speaker/neighbor-settings.ts';
import { MessageType } from '../../wire/message.ts';
import { readOpen } from '../../wire/open.ts';
import { readRouteRefresh } from '../../wire/route-refresh.ts';
import { readUpdate } from '../../wire/update-read.ts';
import type { EventNeighbor, NeighborEvent } from './events.ts';
import { ManagedProcess, type ProcessHost } from './process.ts';
import type { ProcessEvent, ProcessStatus, ProcessView } from './status.ts';

/** States in which there is a connection. */
const CONNECTED = ['OpenSent', 'OpenConfirm', 'Established'];

const KINDS: Readonly<Record<number, ProcessEventKind>> = {
  [MessageType.open]: 'open',
  [MessageType.update]: 'update',
  [MessageType.keepalive]: 'keepalive',
  [MessageType.routeRefresh]: 'refresh',
};

/** What a test may put in place of the real thing. */
export interface ProcessesOptions {
  readonly clock?: Clock;
}

/** The programs of the configuration: starts them, does what they say, tells them what happens. */
export class Processes implements ProcessView {
  readonly #speaker: SpeakerView & MessageSource;
  readonly #host: ProcessHost;
  readonly #entries = new Map<string, ManagedProcess>();
  readonly #subscribers = new Set<(event: ProcessEvent) => void>();
  /** What events say of neighbors, by address. */
  readonly #neighbors = new Map<string, EventNeighbor>();
  /** Processes that are being stopped because a reload took them away, by name. */
  readonly #leaving = new Map<string, Promise<void>>();
  #configs: readonly ProcessConfig[];
  #started = false;
  #stopped = false;
  readonly #unsubscribe: () => void;
  #unobserve: (() => void) | undefined;

  constructor(
    speaker: SpeakerView & MessageSource,
    configs: readonly ProcessConfig[],
    options: ProcessesOptions = {},
  ) {
    this.#speaker = speaker;
    this.#configs = configs;
    this.#host = {
      clock: options.clock ?? systemClock,
      speaker,
      publish: (event) => {
        for (const subscriber of this.#subscribers) subscriber(event);
      },
      started: (process) => this.#introduce(process),
    };
    this.#unsubscribe = speaker.subscribe((event) => this.#happened(event));
  }

  subscribe(listener: (event: ProcessEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  start(): void {
    if (this.#stopped) return;
    this.#started = true;
    for (const config of this.#configs) this.#add(config);
    this.#observe();
  }

  /** Applies a new configuration: processes whose entry did not change go on. */
  apply(configs: readonly ProcessConfig[]): void {
    this.#configs = configs;
    if (!this.#started || this.#stopped) return;
    const wanted = new Map(configs.map((config) => [config.name, config]));
    for (const [name, process] of this.#entries) {
      const next = wanted.get(name);
      if (JSON.stringify(next) === JSON.stringify(process.config)) wanted.delete(name);
      else this.#remove(name, process, next !== undefined);
    }
    for (const config of wanted.values()) this.#add(config);
    this.#observe();
  }

  /** Ends all of them; resolves when they are gone and their routes withdrawn. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#unobserve?.();
    await Promise.all([...[...this.#entries.values()].map((one) => one.stop()), ...this.#leaving.values()]);
  }

  processes(): ProcessStatus[] {
    return [...this.#entries.values()].map((process) => process.status());
  }

  #add(config: ProcessConfig): void {
    const process = new ManagedProcess(this.#host, config);
    this.#entries.set(config.name, process);
    const earlier = this.#leaving.get(config.name);
    if (earlier === undefined) process.start();
    // Routes have the name of the process: the old one must be gone before the new one speaks.
    else
      void earlier.then(() => {
        if (!this.#stopped && this.#entries.get(config.name) === process) process.start();
      });
  }

  #remove(name: string, process: ManagedProcess, keep: boolean): void {
    this.#entries.delete(name);
    const gone = Promise.all([this.#leaving.get(name), process.stop(keep)]).then(() => {
      if (this.#leaving.get(name) === gone) this.#leaving.delete(name);
    });
    this.#leaving.set(name, gone);
  }

  /** Listens to messages only while somebody wants to hear of them. */
  #observe(): void {
    const kinds = new Set(this.#configs.flatMap(({ receive }) => receive));
    const isWanted = Object.values(KINDS).some((kind) => kinds.has(kind));
    if (!isWanted) {
      this.#unobserve?.();
      this.#unobserve = undefined;
    } else
      this.#unobserve ??= this.#speaker.observeMessages((sender, type, bytes, start, end) =>
        this.#heard(sender, type, bytes, start, end),
      );
  }

  /** A process that starts when sessions are up already hears of them. */
  #introduce(process: ManagedProcess): void {
    for (const { address, state } of this.#speaker.neighbors()) {
      if (state !== 'Established' || !process.wants('neighbor-changes', address)) continue;
      const neighbor = () => this.#neighbor(address);
      process.tell(() => ({ type: 'state', state: 'connected' }), neighbor);
      process.tell(() => ({ type: 'state', state: 'up' }), neighbor);
    }
  }

  #happened(event: SpeakerEvent): void {
    if (event.type !== 'stateChange') return;
    const { peer, oldState, newState } = event;
    this.#neighbors.delete(peer);
    this.#tell('fsm', peer, () => ({ type: 'fsm', state: newState.toUpperCase() }));
    if (event.code !== undefined && event.direction !== 'none')
      this.#tell('notification', peer, () => ({
        type: 'notification',
        direction: event.direction === 'received' ? 'receive' : 'send',
        code: event.code ?? 0,
        subcode: event.subcode ?? 0,
        dataHex: event.dataHex ?? '',
      }));
    if (newState === 'OpenSent')
      this.#tell('neighbor-changes', peer, () => ({ type: 'state', state: 'connected' }));
    else if (newState === 'Established')
      this.#tell('neighbor-changes', peer, () => ({ type: 'state', state: 'up' }));
    else if (CONNECTED.includes(oldState) && !CONNECTED.includes(newState)) {
      const reason = event.reason ?? event.codeName ?? 'the session has ended';
      this.#tell('neighbor-changes', peer, () => ({ type: 'state', state: 'down', reason }));
    }
  }

  #heard(sender: MessageSender, type: number, bytes: Uint8Array, start: number, end: number): void {
    const kind = KINDS[type];
    if (kind === undefined) return;
    const { address } = sender.settings;
    // Decoded once, and only if a process has room for it.
    let event: NeighborEvent | undefined;
    const read = (): NeighborEvent => {
      event ??= readMessage(kind, sender, bytes, start, end);
      return event;
    };
    if (kind === 'update' && sender.negotiated === undefined) return;
    if (kind === 'open' && !readOpen(bytes, start, end).ok) return;
    if (kind === 'refresh' && !readRouteRefresh(bytes, start, end).ok) return;
    this.#tell(kind, address, read);
  }

  #tell(kind: ProcessEventKind, address: string, make: () => NeighborEvent): void {
    for (const process of this.#entries.values())
      if (process.wants(kind, address)) process.tell(make, () => this.#neighbor(address));
  }

  #neighbor(address: string): EventNeighbor {
    let neighbor = this.#neighbors.get(address);
    if (neighbor === undefined) {
      const status = this.#speaker.neighbor(address);
      neighbor = {
        address,
        localAddress: status?.localAddress,
        localAs: status?.localAs ?? this.#speaker.status().as,
        peerAs: typeof status?.peerAs === 'number' ? status.peerAs : undefined,
      };
      this.#neighbors.set(address, neighbor);
    }
    return neighbor;
  }
}

function readMessage(
  kind: ProcessEventKind,
  sender: MessageSender,
  bytes: Uint8Array,
  start: number,
  end: number,
): NeighborEvent {
  if (kind === 'update' && sender.negotiated !== undefined)
    return {
      type: 'update',
      update: readUpdate(bytes, start, end, sessionContext(sender.settings, sender.negotiated)),
    };
  if (kind === 'open') {
    const result = readOpen(bytes, start, end);
    if (result.ok) return { type: 'open', open: result.open };
  }
  if (kind === 'refresh') {
    const result = readRouteRefresh(bytes, start, end);
    if (result.ok) return { type: 'refresh', ...result.refresh };
  }
  return { type: 'keepalive' };
}
