/**
 * ConnectionPair: the at most two connections of a neighbor (RFC 4271 section 6.8).
 *
 * The primary always exists and is the one that connects again. A connection that the peer opens while the primary
 * is busy connecting stands beside it as the secondary, and becomes the primary when it wins. A connection that lost
 * belongs to nobody: what it still reports is not heard.
 */
import type { Socket } from 'node:net';
import { type Collision, resolveCollision } from '../fsm/collision.ts';
import { initialSession } from '../fsm/step.ts';
import type { SessionState } from '../fsm/types.ts';
import type { NotificationData } from '../wire/notification.ts';
import { Connection, type ConnectionOwner } from './connection.ts';

const STATE_ORDER: readonly SessionState[] = [
  'Idle',
  'Active',
  'Connect',
  'OpenSent',
  'OpenConfirm',
  'Established',
];

/** Whether a TCP connection exists in this state: OpenSent and beyond. */
export function isConnected(state: SessionState): boolean {
  return order(state) >= order('OpenSent');
}

function order(state: SessionState): number {
  return STATE_ORDER.indexOf(state);
}

export class ConnectionPair {
  primary: Connection;
  secondary: Connection | undefined;
  readonly #owner: ConnectionOwner;
  readonly #lost: () => void;
  readonly #closing = new Set<Promise<void>>();

  /** @param lost called for each TCP connection that is closed because the other one is kept. */
  constructor(owner: ConnectionOwner, lost: () => void) {
    this.#owner = owner;
    this.#lost = lost;
    this.primary = new Connection(owner, owner.fsm);
  }

  /** The connection that carries the session, or is closest to it. */
  get current(): Connection {
    const { primary, secondary } = this;
    return secondary !== undefined && order(secondary.state) > order(primary.state) ? secondary : primary;
  }

  /** Whether `connection` is one of the two. */
  owns(connection: Connection): boolean {
    return connection === this.primary || connection === this.secondary;
  }

  /** Takes a connection that the peer opened: the waiting primary's, or a second one. */
  attach(socket: Socket): void {
    if (this.primary.state === 'Active') {
      this.primary.attach(socket, 'remote');
      return;
    }
    const secondary = new Connection(this.#owner, { ...this.#owner.fsm, passive: true });
    secondary.session = { ...initialSession(), errors: this.primary.session.errors };
    secondary.dispatch({ type: 'ManualStart' });
    this.secondary = secondary;
    secondary.attach(socket, 'remote');
  }

  /** `connection` is Established: it is the primary from now on, and the only one. */
  win(connection: Connection): void {
    if (connection === this.secondary) this.#promote(connection);
    else if (this.secondary !== undefined) this.#dump(this.secondary);
  }

  /**
   * An acceptable OPEN came on `connection`: closes the other one when that one has to give way.
   * @returns false when `connection` has to give way itself.
   */
  survives(connection: Connection, parties: Pick<Collision, 'local' | 'remote'>): boolean {
    const other = connection === this.primary ? this.secondary : this.primary;
    if (other === undefined) return true;
    const loser = resolveCollision({
      ...parties,
      existing: { state: other.state, initiator: other.initiator },
      newer: { initiator: connection.initiator },
    });
    if (loser === 'newer') {
      if (connection === this.primary) this.#promote(other);
      return false;
    }
    // A mere attempt to connect goes on until this connection is a session: it may be the one that works.
    if (loser === 'existing' && isConnected(other.state)) {
      if (other === this.primary) this.#promote(connection);
      else this.#dump(other);
    }
    return true;
  }

  /** Lets the secondary go when it has fallen back to waiting. */
  settle(connection: Connection): void {
    if (connection !== this.secondary || order(connection.state) > order('Active')) return;
    this.secondary = undefined;
    connection.dispose();
  }

  /** Ends both; the primary may be started again. Resolves when all sockets there ever were are gone. */
  async stop(reason: NotificationData): Promise<void> {
    for (const connection of [this.secondary, this.primary]) {
      if (connection === undefined) continue;
      connection.dispatch({ type: 'ManualStop', notification: reason });
      connection.dispose();
      this.awaitClose(connection);
    }
    this.secondary = undefined;
    await Promise.all(this.#closing);
  }

  /** {@link stop} waits for the socket that `connection` closed last. */
  awaitClose({ closed }: Connection): void {
    this.#closing.add(closed);
    void closed.finally(() => this.#closing.delete(closed));
  }

  #promote(connection: Connection): void {
    const old = this.primary;
    this.primary = connection;
    this.secondary = undefined;
    connection.becomePrimary(this.#owner.fsm);
    this.#dump(old);
  }

  #dump(connection: Connection): void {
    if (connection === this.secondary) this.secondary = undefined;
    if (isConnected(connection.state)) this.#lost();
    connection.dispatch({ type: 'OpenCollisionDump' });
    connection.dispose();
    this.awaitClose(connection);
  }
}
