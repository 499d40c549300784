/**
 * EventStream: what happens in a speaker as one numbered row of events, for any number of listeners, with the newest
 * kept for those who come back.
 *
 * Sessions, errors, warnings, VIPs and the daemon's own events are always in the row. Route events (changes of best routes)
 * are produced only while somebody listens, and for a short while after, so that a client that lost its connection
 * can go on where it was. They have a ring of their own: a million of them do not push out the loss of a session.
 * Whatever is missing is told, in its place, by an event `gap`.
 */
import { MAX_EVENTS, MAX_ROUTE_EVENTS } from '../base/limits.ts';
import type { RouteChange, RouteWatch } from '../speaker/best-watch.ts';
import type { SpeakerEvent, SpeakerView } from '../speaker/events.ts';
import type { VipEvent } from '../vip/events.ts';
import type { VipView } from '../vip/status.ts';
import { EventRing, type EventType, type StreamEvent } from './event-ring.ts';

/** Route events go on being produced for so long after the last listener has left. */
const LINGER_MILLISECONDS = 30_000;

/** What a client may ask for. */
export const EVENT_TYPES = ['session', 'route', 'error', 'policy', 'vip', 'daemon'] as const;

export interface ListenOptions {
  readonly types: ReadonlySet<EventType>;
  /** Cursor of the last event the client has seen; undefined: only what happens from now on. */
  readonly since?: string | undefined;
  /** Called with each event in order, at first with those that were missed. */
  readonly hear: (event: StreamEvent) => void;
}

interface Listener {
  readonly types: ReadonlySet<EventType>;
  readonly hear: (event: StreamEvent) => void;
}

export class EventStream {
  readonly #speaker: SpeakerView;
  /** Tells this run of the daemon from others: a cursor of another one is a gap. */
  readonly #run = Date.now().toString(36);
  readonly #facts = new EventRing(MAX_EVENTS);
  readonly #routes = new EventRing(MAX_ROUTE_EVENTS);
  readonly #listeners = new Set<Listener>();
  readonly #unsubscribe: (() => void)[];
  #sequence = 0;
  #watch: RouteWatch | undefined;
  /** Route events are complete from behind this event on; infinite while there are none. */
  #routesSince = Number.POSITIVE_INFINITY;
  #linger: NodeJS.Timeout | undefined;
  /** Changes of routes that came too fast to become events. */
  lostRouteEvents = 0;

  constructor(speaker: SpeakerView) {
    this.#speaker = speaker;
    this.#unsubscribe = [speaker.subscribe((event) => this.#fact(typeOf(event), event))];
  }

  /** What happens to VIPs is in the row from now on. */
  watchVips(vips: VipView): void {
    this.#unsubscribe.push(vips.subscribe((event) => this.#fact('vip', event)));
  }

  /** Number of listeners. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Text of an event's place, for {@link ListenOptions.since}. */
  cursorOf({ sequence }: StreamEvent): string {
    return `${this.#run}-${sequence}`;
  }

  /** Hears what was missed since the cursor, then `ready`, then what happens. Returns how to stop. */
  listen({ types, since, hear }: ListenOptions): () => void {
    const listener: Listener = { types, hear };
    const withRoutes = types.has('route');
    if (since !== undefined) this.#replay(listener, since);
    this.#listeners.add(listener);
    const ready = withRoutes ? this.#watchRoutes() : Promise.resolve();
    void ready.then(() => {
      if (this.#listeners.has(listener)) hear(this.#event('ready', {}, this.#sequence));
    });
    return () => {
      if (this.#listeners.delete(listener) && withRoutes) this.#unwatchRoutes();
    };
  }

  /** Ends everything; listeners hear nothing more. */
  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    clearTimeout(this.#linger);
    this.#watch?.close();
    this.#watch = undefined;
    this.#listeners.clear();
  }

  #replay({ types, hear }: Listener, cursor: string): void {
    const [run, number] = cursor.split('-');
    const since = Number(number);
    if (run !== this.#run || !Number.isSafeInteger(since) || since > this.#sequence) {
      hear(this.#event('gap', { reason: 'the daemon was started again since then' }, this.#sequence));
      return;
    }
    const isMissing = this.#facts.forgotten > since || (types.has('route') && this.#routes.forgotten > since);
    if (isMissing) hear(this.#event('gap', { reason: 'some events are no longer kept' }, since));
    else if (types.has('route') && since < this.#routesSince)
      hear(this.#event('gap', { reason: 'nobody listened, so there were no route events' }, since));
    const missed = [...this.#facts.after(since), ...(types.has('route') ? this.#routes.after(since) : [])];
    missed.sort((a, b) => a.sequence - b.sequence);
    for (const event of missed) if (event.type === 'gap' || types.has(event.type)) hear(event);
  }

  #watchRoutes(): Promise<void> {
    clearTimeout(this.#linger);
    if (this.#watch === undefined) {
      const watch = this.#speaker.watchRoutes({
        changed: (change) => this.#routeChanged(change),
        lost: (count) => {
          this.lostRouteEvents += count;
          const reason = `${count} changes of routes came too fast`;
          this.#publish(this.#routes, 'gap', { reason, lost: count });
        },
      });
      this.#watch = watch;
      void watch.ready.then(() => {
        if (this.#watch === watch) this.#routesSince = this.#sequence;
      });
    }
    return this.#watch.ready;
  }

  #unwatchRoutes(): void {
    for (const { types } of this.#listeners) if (types.has('route')) return;
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => {
      this.#watch?.close();
      this.#watch = undefined;
      this.#routesSince = Number.POSITIVE_INFINITY;
    }, LINGER_MILLISECONDS).unref();
  }

  #routeChanged(change: RouteChange): void {
    this.#publish(this.#routes, 'route', change);
  }

  #fact(kind: EventType, { type, ...facts }: SpeakerEvent | VipEvent): void {
    this.#publish(this.#facts, kind, { event: type, ...facts });
  }

  #publish(ring: EventRing, type: EventType, data: object): void {
    const event = this.#event(type, data, ++this.#sequence);
    ring.push(event);
    for (const { types, hear } of this.#listeners)
      if (types.has(type) || (type === 'gap' && types.has('route'))) hear(event);
  }

  #event(type: EventType, data: object, sequence: number): StreamEvent {
    return { sequence, type, time: new Date().toISOString(), data };
  }
}

/** Under which type a fact is told. */
function typeOf(event: SpeakerEvent): EventType {
  switch (event.type) {
    case 'stateChange':
    case 'connectionRejected':
    case 'administrative':
      return 'session';
    case 'updateError':
    case 'familyDisabled':
      return 'error';
    case 'warning':
      return 'policy';
    case 'announcementsExpired':
    case 'listening':
    case 'listenFailed':
    case 'reloaded':
    case 'stopped':
      return 'daemon';
  }
}
