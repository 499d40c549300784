/**
 * Connection: one session state machine with its TCP socket and timers. It runs what `fsm/step` orders and reports
 * what happens to its owner, the neighbor.
 *
 * In Established, UPDATE and KEEPALIVE do not go through the state machine: they stamp the time, and the hold timer
 * looks at the stamp when it fires.
 *
 * Over 300 lines because socket, timers and state machine share the order in which things happen; what could leave
 * has left (closing, send hold, the pair of connections).
 */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../base/clock.ts';
import { localOpen } from '../fsm/local-open.ts';
import { negotiate } from '../fsm/negotiate.ts';
import { initialSession, step } from '../fsm/step.ts';
import type { Action, DownReason, Event, FsmConfig, Negotiated, Session, TimerName } from '../fsm/types.ts';
import type { Dial } from '../net/types.ts';
import { Framer, type HeaderFault } from '../wire/framer.ts';
import { KEEPALIVE, MessageType } from '../wire/message.ts';
import { type NotificationData, readNotification, writeNotification } from '../wire/notification.ts';
import { type OpenMessage, readOpen, writeOpen } from '../wire/open.ts';
import { closeGently } from './close-gently.ts';
import type { OpenFault } from './malformed.ts';
import { flushedBytes, sendHoldMilliseconds } from './send-hold.ts';

/** What a connection asks of and tells to the neighbor it belongs to. */
export interface ConnectionOwner {
  readonly clock: Clock;
  readonly fsm: FsmConfig;
  /** Configured send hold time (RFC 9687); undefined: the default. */
  readonly sendHoldTimeSeconds: number | undefined;
  dial(): Dial;
  stateChanged(connection: Connection): void;
  established(connection: Connection, negotiated: Negotiated): void;
  /** The session fell back out of the state `from`. */
  down(connection: Connection, reason: DownReason, from: Session['state']): void;
  /** An UPDATE or ROUTE-REFRESH in Established; start..end is the body. */
  message(connection: Connection, type: number, bytes: Uint8Array, start: number, end: number): void;
  /** The stream ended in octets that are no message header; told before the state machine hears of it. */
  headerFault(connection: Connection, fault: HeaderFault, notification: NotificationData): void;
  /** An OPEN was malformed or is refused, told likewise; start..end is the body. */
  openFault(connection: Connection, bytes: Uint8Array, start: number, end: number, fault: OpenFault): void;
  /** An acceptable OPEN came: false when this connection must give way to another one (RFC 4271 section 6.8). */
  survivesCollision(connection: Connection, open: OpenMessage): boolean;
  /** A chunk of the socket has been worked through. */
  chunkDone(connection: Connection, bytes: number): void;
  /** The socket has sent everything it was given. */
  drained(connection: Connection): void;
  counted(direction: 'sent' | 'received', type: number): void;
}

const TIMER_EVENTS = {
  connectRetry: 'ConnectRetryTimerExpires',
  hold: 'HoldTimerExpires',
  keepalive: 'KeepaliveTimerExpires',
  idleHold: 'IdleHoldTimerExpires',
  sendHold: 'SendHoldTimerExpires',
} as const satisfies Record<TimerName, Event['type']>;

export class Connection {
  session: Session = initialSession();
  /** Who opened the TCP connection in use. */
  initiator: 'local' | 'remote' = 'local';
  socket: Socket | undefined;
  /** Settles when the socket closed last is gone. */
  closed: Promise<void> = Promise.resolve();
  readonly #owner: ConnectionOwner;
  #fsm: FsmConfig;
  readonly #timers: Record<TimerName, Timer>;
  #framer: Framer | undefined;
  #dial: Dial | undefined;
  #lastHeard = 0;
  #holdMilliseconds = 0;
  #flushed = 0;
  #socketError: string | undefined;
  readonly #events: Event[] = [];
  #stepping = false;

  constructor(owner: ConnectionOwner, fsm: FsmConfig) {
    this.#owner = owner;
    this.#fsm = fsm;
    const timer = (name: TimerName) => owner.clock.timer(() => this.#fire(name));
    this.#timers = {
      connectRetry: timer('connectRetry'),
      hold: timer('hold'),
      keepalive: timer('keepalive'),
      idleHold: timer('idleHold'),
      sendHold: timer('sendHold'),
    };
  }

  get state(): Session['state'] {
    return this.session.state;
  }

  /** Makes this the connection that reconnects by itself: it began as the peer's and was passive until now. */
  becomePrimary(fsm: FsmConfig): void {
    this.#fsm = fsm;
  }

  /** Feeds an event to the state machine. Events that arise meanwhile wait their turn. */
  dispatch(event: Event): void {
    this.#events.push(event);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const before = this.session.state;
        const { session, actions } = step(this.session, next, this.#fsm);
        this.session = session;
        for (const action of actions) this.#run(action, before);
        if (session.state !== before) this.#owner.stateChanged(this);
      }
    } finally {
      this.#stepping = false;
    }
  }

  /** Takes over a connected socket and tells the state machine. */
  attach(socket: Socket, initiator: 'local' | 'remote'): void {
    this.initiator = initiator;
    this.socket = socket;
    this.#socketError = undefined;
    this.#flushed = 0;
    this.#framer = new Framer({
      message: (type, bytes, start, end) => this.#message(socket, type, bytes, start, end),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => this.#receive(socket, chunk));
    socket.on('drain', () => {
      if (this.socket === socket) this.#owner.drained(this);
    });
    socket.on('error', (error) => {
      this.#socketError = error.message;
    });
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.dispatch({
        type: 'TcpConnectionFails',
        text: this.#socketError ?? 'the peer closed the connection without a NOTIFICATION',
      });
    });
    this.dispatch({ type: initiator === 'local' ? 'TcpConnectionRequestAcked' : 'TcpConnectionConfirmed' });
  }

  /** Sends a whole message or several; see {@link sendHoldMilliseconds} for a socket that takes nothing. */
  write(bytes: Uint8Array): void {
    const { socket } = this;
    if (socket === undefined || socket.destroyed) return;
    socket.write(bytes);
    if (socket.writableLength > 0 && !this.#timers.sendHold.running) this.#startSendHold();
  }

  /** Bytes the socket has not sent yet. */
  get unsentBytes(): number {
    return this.socket?.writableLength ?? 0;
  }

  /** Resolves when the kernel has taken everything written so far, or the socket is gone. */
  flushed(): Promise<void> {
    const { socket } = this;
    if (socket === undefined || socket.destroyed) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    // Writes are done in order; this one is empty.
    socket.write('', () => resolve());
    return promise;
  }

  /** Ends everything without another word; used when the neighbor goes away. */
  dispose(): void {
    for (const timer of Object.values(this.#timers)) timer.stop();
    this.#close();
  }

  #message(socket: Socket, type: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.socket !== socket) return;
    this.#owner.counted('received', type);
    this.#lastHeard = this.#owner.clock.now();
    const established = this.session.state === 'Established';
    switch (type) {
      case MessageType.update:
        if (established) this.#owner.message(this, type, bytes, start, end);
        else this.dispatch({ type: 'UpdateMsg' });
        return;
      case MessageType.keepalive:
        if (!established) this.dispatch({ type: 'KeepAliveMsg' });
        return;
      case MessageType.routeRefresh:
        if (established) this.#owner.message(this, type, bytes, start, end);
        else this.dispatch({ type: 'RouteRefreshMsg' });
        return;
      case MessageType.notification:
        this.dispatch({ type: 'NotifMsg', notification: readNotification(bytes, start, end) });
        return;
      case MessageType.open:
        this.#open(bytes, start, end);
    }
  }

  #open(bytes: Uint8Array, start: number, end: number): void {
    const result = readOpen(bytes, start, end);
    if (!result.ok) {
      this.#owner.openFault(this, bytes, start, end, result);
      this.dispatch({ type: 'BgpOpenMsgErr', notification: result.notification });
      return;
    }
    const { open } = result;
    // In any other state the OPEN is out of turn, whatever it says.
    const outcome = this.session.state === 'OpenSent' ? negotiate(this.#fsm, open) : undefined;
    if (outcome?.ok === false) this.#owner.openFault(this, bytes, start, end, outcome);
    if (outcome?.ok && !this.#owner.survivesCollision(this, open))
      this.dispatch({ type: 'OpenCollisionDump' });
    else this.dispatch({ type: 'BgpOpen', open });
  }

  #receive(socket: Socket, chunk: Uint8Array): void {
    if (this.socket !== socket || this.#framer === undefined) return;
    const framer = this.#framer;
    // In a session nothing of a chunk is kept when its messages have been worked through; of an OPEN there may be.
    const established = this.session.state === 'Established';
    // Views of a Buffer are several times slower to make than those of a plain array.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    const error = framer.push(bytes);
    if (error !== undefined && this.socket === socket) {
      if (framer.fault !== undefined) this.#owner.headerFault(this, framer.fault, error);
      this.dispatch({ type: 'BgpHeaderErr', notification: error });
    }
    this.#owner.chunkDone(this, bytes.length);
    // To the garbage collector a chunk is a small object; thousands of them would wait for it.
    if (established && this.session.state === 'Established') giveBack(bytes);
  }

  #run(action: Action, from: Session['state']): void {
    switch (action.type) {
      case 'connect':
        this.#connect();
        return;
      case 'sendOpen':
        this.send(writeOpen(localOpen(this.#fsm)));
        return;
      case 'sendKeepalive':
        this.send(KEEPALIVE);
        return;
      case 'sendNotification':
        this.send(writeNotification(action.notification));
        return;
      case 'close':
        this.#close();
        return;
      case 'startTimer':
        this.#startTimer(action.timer, action.seconds, action.jitter);
        return;
      case 'stopTimer':
        this.#timers[action.timer].stop();
        return;
      case 'established':
        if (this.#framer !== undefined)
          this.#framer.extendedMessage = action.negotiated.context.extendedMessage;
        this.#owner.established(this, action.negotiated);
        return;
      case 'down':
        this.#owner.down(this, action.reason, from);
    }
  }

  /** Sends one whole message and counts it. */
  send(bytes: Uint8Array): void {
    this.#owner.counted('sent', bytes[18]!);
    this.write(bytes);
  }

  #connect(): void {
    this.#dial?.abort();
    const dial = this.#owner.dial();
    this.#dial = dial;
    dial.connected.then(
      (socket) => {
        socket.on('error', () => {});
        if (this.#dial !== dial) {
          socket.destroy();
          return;
        }
        this.#dial = undefined;
        this.attach(socket, 'local');
      },
      (error: Error) => {
        if (this.#dial !== dial) return;
        this.#dial = undefined;
        this.dispatch({ type: 'TcpConnectionFails', text: error.message });
      },
    );
  }

  #close(): void {
    const { socket } = this;
    this.#dial?.abort();
    this.#dial = undefined;
    this.#framer?.stop();
    this.#framer = undefined;
    this.socket = undefined;
    if (socket !== undefined) this.closed = closeGently(socket, this.#owner.clock);
  }

  #startTimer(timer: TimerName, seconds: number, jitter: boolean): void {
    const milliseconds = seconds * 1000 * (jitter ? 0.75 + this.#owner.clock.random() / 4 : 1);
    if (timer === 'hold') {
      this.#holdMilliseconds = milliseconds;
      this.#lastHeard = this.#owner.clock.now();
    }
    this.#timers[timer].start(milliseconds);
  }

  #fire(timer: TimerName): void {
    if (timer === 'hold' && this.session.state === 'Established') this.#checkHold(true);
    else if (timer === 'sendHold') this.#checkSendHold();
    else this.dispatch({ type: TIMER_EVENTS[timer] });
  }

  /** Whether the peer was heard in time. What waits unread in the socket counts: it is looked at first. */
  #checkHold(mayReadFirst: boolean): void {
    const now = this.#owner.clock.now();
    // While we do not read (see Scheduler.taken) the silence is ours.
    if (this.socket?.isPaused()) this.#lastHeard = now;
    const left = this.#lastHeard + this.#holdMilliseconds - now;
    if (left > 0) this.#timers.hold.start(left);
    else if (mayReadFirst) {
      const { socket } = this;
      setImmediate(() => {
        if (this.socket === socket && this.session.state === 'Established') this.#checkHold(false);
      });
    } else this.dispatch({ type: 'HoldTimerExpires' });
  }

  #startSendHold(): void {
    this.#flushed = this.socket === undefined ? 0 : flushedBytes(this.socket);
    const hold = this.session.negotiated?.holdTimeSeconds ?? this.#fsm.holdTimeSeconds;
    this.#timers.sendHold.start(sendHoldMilliseconds(this.#owner.sendHoldTimeSeconds, hold));
  }

  /** RFC 9687: the peer took nothing for the whole send hold time. Any progress starts the time anew. */
  #checkSendHold(): void {
    const { socket } = this;
    if (socket === undefined || socket.writableLength === 0) return;
    if (flushedBytes(socket) > this.#flushed) this.#startSendHold();
    else this.dispatch({ type: 'SendHoldTimerExpires' });
  }
}

/** Frees the memory of a chunk that fills its buffer, as those that sockets make do. */
function giveBack(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.length) buffer.transfer(0);
}
