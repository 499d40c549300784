/**
 * Neighbor: one configured or dynamic peer: its connections, its counters, and its place in the engine while a
 * session is Established. Everything that happens to it is counted and published here, once.
 *
 * Over 300 lines because it answers all calls of a connection; settings, messages, status and the pair of
 * connections are in files of their own.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { MAX_UNSENT_BYTES } from '../base/limits.ts';
import type { NeighborConfig } from '../config/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { PeerParams } from '../engine/peer-params.ts';
import type { DownReason, FsmConfig, Negotiated, SessionState } from '../fsm/types.ts';
import type { Dial, Transport, TransportOptions } from '../net/types.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import { FAMILIES } from '../wire/families/index.ts';
import type { HeaderFault } from '../wire/framer.ts';
import {
  CeaseSubcode,
  NotificationCode,
  type NotificationData,
  notification,
  shutdownNotification,
  writeNotification,
} from '../wire/notification.ts';
import { type OpenMessage, openAs } from '../wire/open.ts';
import { closeGently } from './close-gently.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { ConnectionPair, isConnected } from './connection-pair.ts';
import type { ErrorRings } from './error-ring.ts';
import type { SpeakerEvent } from './events.ts';
import { direction, lastErrorOf, moreTelling, notificationFacts } from './last-error.ts';
import { keepHeaderFault, keepOpenFault, type OpenFault } from './malformed.ts';
import { MessageCounts } from './message-counts.ts';
import type { MessageObserver } from './message-observer.ts';
import { handleMessage } from './neighbor-messages.ts';
import {
  fsmConfig,
  isExternalSession,
  type PolicyLookup,
  peerParams,
  transportOptions,
  unsupportedReason,
} from './neighbor-settings.ts';
import { sessionWarnings } from './neighbor-status.ts';
import { Pace } from './pace.ts';
import { PrefixLimits } from './prefix-limit.ts';
import { RejectionCounts } from './rejection-counts.ts';
import type { Scheduler } from './scheduler.ts';
import { administrativeHold, type HoldCause, SessionHold } from './session-hold.ts';
import type { Disabled, LastError } from './status.ts';

/** What the neighbors share. */
export interface NeighborHost {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly localAs: number;
  readonly routerId: number;
  readonly errorRings: ErrorRings;
  readonly policyOf: PolicyLookup;
  /** Audiences of routes of our own that a neighbor belongs to. */
  audiencesOf(address: string): readonly number[];
  publish(event: SpeakerEvent): void;
  readonly messageObservers: ReadonlySet<MessageObserver>;
  /** A dynamic neighbor has no connection left. */
  released(neighbor: Neighbor): void;
}

/** As the state machine says it of a connection that finds out itself. */
const COLLISION_LOST = 'connection collision: the other connection is kept';

export class Neighbor implements ConnectionOwner {
  readonly host: NeighborHost;
  readonly dynamic: boolean;
  settings: NeighborConfig;
  /** Index in the engine while Established. */
  index: PeerIndex | undefined;
  /** What was agreed in the running session. */
  negotiated: Negotiated | undefined;
  /** `clock.now()` when the session was established. */
  establishedAt = 0;
  flaps = 0;
  lastError: LastError | undefined;
  /** Why and since when (ISO 8601) an operator has switched it off; it stays so until it is enabled. */
  disabled: Disabled | undefined;
  readonly sent = new MessageCounts();
  readonly received = new MessageCounts();
  readonly rejected = new RejectionCounts();
  readonly updateErrors = { attributeDiscard: 0, treatAsWithdraw: 0, familyDisable: 0, sessionReset: 0 };
  /** Why there is no session by our own decision; undefined: there may be one. */
  held: SessionHold | undefined;
  readonly #pair: ConnectionPair;
  readonly #limits = new PrefixLimits();
  readonly #pace: Pace;
  #started = false;
  #wasConnected = false;
  /** Why a connection of ours ended in the present step, and whether it was a TCP connection already. */
  #end: { readonly reason: DownReason; readonly connected: boolean } | undefined;
  #shownState: SessionState = 'Idle';

  constructor(host: NeighborHost, settings: NeighborConfig, dynamic: boolean) {
    this.host = host;
    this.settings = settings;
    this.dynamic = dynamic;
    this.#pair = new ConnectionPair(this, () => this.#collisionLost());
    this.#pace = new Pace(host.clock, () => this.#resume());
  }

  get clock(): Clock {
    return this.host.clock;
  }

  get fsm(): FsmConfig {
    return fsmConfig(this.settings, this.host.localAs, this.host.routerId);
  }

  get sendHoldTimeSeconds(): number | undefined {
    return this.settings.sendHoldTimeSeconds;
  }

  /** The connection that carries the session, or tries to. */
  get connection(): Connection {
    return this.#pair.current;
  }

  get state(): SessionState {
    return this.connection.state;
  }

  /** Whether changes wait for the advertisement interval. */
  get paced(): boolean {
    return this.#pace.waiting;
  }

  /** Why the neighbor cannot work on this system; undefined when it can. */
  get unsupported(): string | undefined {
    return unsupportedReason(this.settings, this.host.transport.support());
  }

  /** Begins to connect, or to wait for the peer; not while the neighbor is disabled or shut down. */
  start(): void {
    const reason = this.unsupported;
    if (reason !== undefined) {
      this.lastError = lastErrorOf({ origin: 'local', text: reason });
      this.host.publish({
        type: 'warning',
        peer: this.settings.address,
        reason: `session stays down: ${reason}`,
      });
      return;
    }
    this.#started = true;
    if (!this.#settleHold(false)) this.#pair.primary.dispatch({ type: 'ManualStart' });
  }

  /** Ends the session for good with a NOTIFICATION. Resolves when the sockets are gone. */
  async stop(reason: NotificationData): Promise<void> {
    this.#started = false;
    this.held?.stop();
    this.held = undefined;
    this.#pace.stop();
    await this.#pair.stop(reason);
  }

  /** Switches the neighbor off, its session told why (RFC 9003), or with undefined on again. */
  setDisabled(disabled: Disabled | undefined): void {
    this.disabled = disabled;
    this.#settleHold(false);
  }

  /**
   * Ends the session, the peer told why, and begins anew; so does a neighbor that is down because of its number of
   * prefixes. One that is switched off stays so.
   */
  reset(message: string): void {
    if (!this.#started) return;
    if (this.held?.cause === 'max-prefixes') this.#release();
    if (this.held !== undefined) return;
    void this.stop(shutdownNotification(CeaseSubcode.administrativeReset, message));
    this.start();
  }

  /** New settings that need no new session (`SOFT_KEYS` of `config/diff.ts`). */
  update(settings: NeighborConfig): void {
    const limitChanged = JSON.stringify(settings.maxPrefixes) !== JSON.stringify(this.settings.maxPrefixes);
    this.settings = settings;
    if (this.#settleHold(limitChanged)) return;
    const { connection, negotiated, index } = this;
    if (negotiated === undefined || index === undefined) return;
    if (limitChanged) this.#limits.reset();
    this.host.engine.changePeer(index, this.#peerParams(connection, negotiated));
    this.checkLimits();
    this.host.scheduler.kick();
  }

  /** Looks at the number of prefixes of the peer, and acts when there are too many. */
  checkLimits(): void {
    const { index, host } = this;
    const { maxPrefixes, address } = this.settings;
    if (maxPrefixes === undefined || index === undefined) return;
    const excess = this.#limits.check(host.engine, index, maxPrefixes, (reason) =>
      host.publish({ type: 'warning', peer: address, reason }),
    );
    if (excess === undefined) return;
    const seconds = maxPrefixes.action === 'restart' ? maxPrefixes.restartAfterSeconds : undefined;
    const next = seconds === undefined ? 'until `max-prefixes` changes' : `for ${seconds} s`;
    host.publish({ type: 'warning', peer: address, reason: `${excess.reason}: session down ${next}` });
    this.#hold('max-prefixes', excess.reason, excess.notification, seconds);
  }

  /** Takes a connection that the peer opened, or refuses it. */
  accept(socket: Socket): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.reject(socket, refusal.reason, refusal.notification);
      return;
    }
    try {
      this.host.transport.apply(socket, this.#transportOptions());
    } catch (error) {
      this.reject(socket, error instanceof Error ? error.message : String(error));
      return;
    }
    this.#wasConnected = true;
    this.#pair.attach(socket);
  }

  /** Closes a connection that will not become a session, and says so. */
  reject(socket: Socket, reason: string, cease?: NotificationData): void {
    if (cease !== undefined) {
      this.sent.add(3);
      socket.write(writeNotification(cease));
    }
    closeGently(socket, this.clock);
    this.rejected.add(reason);
    this.#publishRejected(reason, cease);
  }

  dial(): Dial {
    const { address, port, localAddress } = this.settings;
    return this.host.transport.dial({
      address,
      port,
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(this.settings.password === undefined ? {} : { md5Key: this.settings.password }),
      ...this.#transportOptions(),
    });
  }

  stateChanged(connection: Connection): void {
    // A connection that lost a collision is nobody's any more.
    if (!this.#pair.owns(connection)) return;
    this.#pair.settle(connection);
    const before = this.#shownState;
    const now = this.state;
    const end = this.#end;
    this.#end = undefined;
    if (now !== before) {
      this.#shownState = now;
      const reason = end?.reason;
      this.host.publish({
        type: 'stateChange',
        peer: this.settings.address,
        oldState: before,
        newState: now,
        ...(this.negotiated === undefined ? {} : { peerAs: this.negotiated.peerAs }),
        ...(reason === undefined ? {} : { reason: reason.text, direction: direction(reason) }),
        ...(reason?.notification === undefined ? {} : notificationFacts(reason.notification)),
      });
    } else if (end?.connected) {
      // One of two connections ended, and the other one is what the neighbor shows.
      this.#publishRejected(end.reason.text, end.reason.notification);
    }
    // Not in Idle: the idle hold time of a dynamic peer that misbehaved counts too.
    if (this.dynamic && this.#started && this.#wasConnected && now === 'Active') this.host.released(this);
  }

  established(connection: Connection, negotiated: Negotiated): void {
    this.#pair.win(connection);
    this.#limits.reset();
    this.#pace.stop();
    const index = this.host.engine.addPeer(this.#peerParams(connection, negotiated));
    if (index === undefined) {
      const full = notification(NotificationCode.cease, CeaseSubcode.outOfResources);
      connection.dispatch({ type: 'AutomaticStop', notification: full });
      return;
    }
    this.index = index;
    this.negotiated = negotiated;
    this.establishedAt = this.clock.now();
    for (const reason of sessionWarnings(this))
      this.host.publish({ type: 'warning', peer: this.settings.address, reason });
    this.host.scheduler.kick();
  }

  down(connection: Connection, reason: DownReason, from: SessionState): void {
    this.#pair.awaitClose(connection);
    if (!this.#pair.owns(connection)) return;
    const connected = isConnected(from);
    this.#end = { reason, connected };
    this.lastError = moreTelling(this.lastError, lastErrorOf(reason), reason);
    if (connection === this.#pair.primary && this.index !== undefined) {
      this.host.engine.dropPeer(this.index);
      this.host.scheduler.kick();
      this.index = undefined;
      this.negotiated = undefined;
      this.flaps++;
    } else if (connected) this.rejected.add(reason.text);
  }

  /** Closes a family for the rest of the session (AFI/SAFI-disable); `reason` is one clause for people. */
  disableFamily(family: number, reason: string): void {
    const { index, host } = this;
    if (index === undefined || host.engine.disabledReason(index, family) !== undefined) return;
    host.engine.disableFamily(index, family, reason);
    host.scheduler.kick();
    host.publish({
      type: 'familyDisabled',
      peer: this.settings.address,
      family: FAMILIES[family]!.name,
      reason,
    });
  }

  survivesCollision(connection: Connection, open: OpenMessage): boolean {
    return this.#pair.survives(connection, {
      local: { routerId: this.host.routerId, as: this.fsm.localAs },
      remote: { routerId: open.routerId, as: openAs(open) },
    });
  }

  message(connection: Connection, type: number, bytes: Uint8Array, start: number, end: number): void {
    handleMessage(this, connection, type, bytes, start, end);
  }

  headerFault(connection: Connection, fault: HeaderFault, notification: NotificationData): void {
    keepHeaderFault(this, connection, fault, notification);
  }

  openFault(connection: Connection, bytes: Uint8Array, start: number, end: number, fault: OpenFault): void {
    keepOpenFault(this, connection, bytes, start, end, fault);
  }

  chunkDone(connection: Connection, bytes: number): void {
    if (connection.socket !== undefined) this.host.scheduler.taken(connection.socket, bytes);
    else this.host.scheduler.kick();
  }

  drained(_connection: Connection): void {
    this.#resume();
  }

  heard(type: number, bytes: Uint8Array, start: number, end: number): void {
    for (const observer of this.host.messageObservers) observer(this, type, bytes, start, end);
  }

  counted(direction: 'sent' | 'received', type: number): void {
    this[direction].add(type);
  }

  /** Why a connection from the peer is not wanted now. */
  #refusal(): { reason: string; notification?: NotificationData } | undefined {
    const rejected = notification(NotificationCode.cease, CeaseSubcode.connectionRejected);
    if (this.held !== undefined)
      return {
        reason: this.held.reason,
        notification: this.held.cause === 'shutdown' ? this.#shutdownNotification() : rejected,
      };
    if (!this.#started)
      return { reason: this.unsupported ?? 'the neighbor is not started', notification: rejected };
    switch (this.#pair.primary.state) {
      case 'Idle':
        return { reason: 'idle after an error (idle hold time)', notification: rejected };
      case 'Established':
        return {
          reason: 'there is a session already',
          notification: notification(NotificationCode.cease, CeaseSubcode.connectionCollision),
        };
      default:
        return this.#pair.secondary === undefined
          ? undefined
          : { reason: 'another connection is being set up', notification: rejected };
    }
  }

  /** Ends the session, and lets none come up for `seconds`, or until somebody decides otherwise. */
  #hold(cause: HoldCause, reason: string, cease?: NotificationData, seconds?: number): void {
    this.held?.stop();
    this.held = new SessionHold(this.clock, cause, reason, seconds, () => this.#release());
    if (cease !== undefined) void this.#pair.stop(cease);
  }

  #release(): void {
    this.held?.stop();
    this.held = undefined;
    if (this.#started) this.#pair.primary.dispatch({ type: 'ManualStart' });
  }

  /**
   * Does what an operator's `disable` and `shutdown` in the configuration ask for; both may.
   *
   * @param limitChanged whether a session that was ended by `max-prefixes` may come up again
   * @returns whether there is no session now
   */
  #settleHold(limitChanged: boolean): boolean {
    if (!this.#started) return true;
    const { held } = this;
    const wanted = administrativeHold(this.disabled, this.settings.shutdown);
    if (wanted !== undefined) {
      if (held?.cause !== wanted.cause || held.reason !== wanted.reason)
        this.#hold(
          wanted.cause,
          wanted.reason,
          held === undefined ? this.#shutdownNotification() : undefined,
        );
      return true;
    }
    if (held === undefined) return false;
    if (held.cause !== 'max-prefixes' || limitChanged) this.#release();
    return true;
  }

  #shutdownNotification(): NotificationData {
    const text = this.disabled?.message ?? this.settings.shutdown ?? '';
    return shutdownNotification(CeaseSubcode.administrativeShutdown, text);
  }

  #collisionLost(): void {
    this.rejected.add(COLLISION_LOST);
    const cease = notification(NotificationCode.cease, CeaseSubcode.connectionCollision);
    this.#publishRejected(COLLISION_LOST, cease);
  }

  #publishRejected(reason: string, sent?: NotificationData): void {
    this.host.publish({
      type: 'connectionRejected',
      peer: this.settings.address,
      known: true,
      reason,
      ...(sent === undefined ? {} : notificationFacts(sent)),
    });
  }

  #transportOptions(): TransportOptions {
    return transportOptions(this.settings, this.host.localAs, this.host.transport.support());
  }

  /** What the engine would be told of the running session with these settings and policies. */
  paramsWith(settings: NeighborConfig, policyOf: PolicyLookup): PeerParams | undefined {
    const { connection, negotiated } = this;
    return negotiated && this.#peerParams(connection, negotiated, settings, policyOf);
  }

  #peerParams(
    connection: Connection,
    negotiated: Negotiated,
    settings = this.settings,
    policyOf = this.host.policyOf,
  ): PeerParams {
    const { peerAs } = negotiated;
    const { localAs, routerId } = this.host;
    const external = isExternalSession(settings, peerAs, localAs);
    const params = peerParams(
      settings,
      negotiated,
      connection.socket?.localAddress,
      { external, peerAs, routerId },
      policyOf,
      (bytes) => this.#sendUpdates(connection, bytes),
    );
    return { ...params, audiences: this.host.audiencesOf(this.settings.address) };
  }

  #sendUpdates(connection: Connection, bytes: Uint8Array): boolean | 'written' {
    this.sent.addMessages(bytes);
    connection.write(bytes);
    if (!this.#hearsFirstTable) this.#pace.sent(this.settings.advertisementIntervalSeconds);
    if (this.#pace.waiting) return false;
    const { unsentBytes } = connection;
    return unsentBytes === 0 ? 'written' : unsentBytes < MAX_UNSENT_BYTES;
  }

  get #hearsFirstTable(): boolean {
    const { index, host } = this;
    if (index === undefined) return true;
    return host.engine.exporters.some((exporter) => exporter.groupOf(index)?.cursor);
  }

  /** The peer can take more: its socket is empty, or its advertisement interval is over. */
  #resume(): void {
    if (this.index === undefined || this.#pace.waiting) return;
    if (this.connection.unsentBytes >= MAX_UNSENT_BYTES) return;
    this.host.engine.resume(this.index);
    this.host.scheduler.kick();
  }
}
