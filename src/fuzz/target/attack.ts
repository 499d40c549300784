/**
 * attack: an adversarial peer for a daemon under test. It keeps a session, sends generated messages one by one, and
 * writes down what made the target close it. Message N of seed S is the same in every run against a target that
 * negotiates the same.
 *
 * After each message it gives the target a moment to answer. A target that takes longer is still found out, but the
 * message that is blamed may be one of those sent since.
 */
import { readU16, toHex, writeU16, writeU32 } from '../../base/bytes.ts';
import { HEADER_LENGTH, KEEPALIVE } from '../../wire/message.ts';
import { notificationName } from '../../wire/notification.ts';
import type { FuzzContext } from '../context.ts';
import { type FuzzMessage, type KindWeights, mutate, randomFuzzMessage } from '../generator.ts';
import { randomMessage } from '../messages.ts';
import { Random } from '../random.ts';
import type { TargetAddress } from './address.ts';
import type { AttackReport, Close, ClosePhase } from './report.ts';
import { agreedContext, FuzzSession, type SessionEnd, type SessionOffer } from './session.ts';

export interface AttackOptions {
  readonly target: TargetAddress;
  /** Our AS number, as the target has it configured. */
  readonly localAs: number;
  /** The target's AS number. */
  readonly peerAs: number;
  /** Unsigned 32 bits. */
  readonly routerId: number;
  readonly seed: number;
  /** Messages to send. */
  readonly count: number;
  /** Address to connect from; undefined: the system chooses. */
  readonly localAddress?: string;
  readonly md5Key?: string;
  /** Milliseconds the target gets after each message. */
  readonly paceMilliseconds: number;
  /** Seconds to go on trying for a session before the target counts as dead. */
  readonly patienceSeconds: number;
  /** Called after each message. */
  readonly progress?: (messages: number, closes: number) => void;
}

/** What is sent: OPENs need a connection of their own, and a NOTIFICATION ends the session by right. */
const WEIGHTS: KindWeights = { update: 80, open: 2, notification: 1, keepalive: 2, 'route-refresh': 6 };

const CONNECT_MILLISECONDS = 3000;
const ESTABLISH_MILLISECONDS = 5000;
/** The pause between two attempts doubles, from the first to the last: many daemons rest after an error. */
const FIRST_RETRY_MILLISECONDS = 20;
const LAST_RETRY_MILLISECONDS = 1000;
/** How long an answer to an OPEN may take, and how long a clean session must last. */
const OPEN_MILLISECONDS = 1000;
const KEEPALIVE_MILLISECONDS = 20_000;
/** Closes that are reported in full; more are only counted. */
const MAX_CLOSES = 10_000;

/** Runs until `count` messages are sent or the target is dead. */
export async function attack(options: AttackOptions): Promise<AttackReport> {
  const run = new Attack(options);
  const startedAt = performance.now();
  await run.sendAll();
  const alive = await run.lives();
  return {
    target: `${options.target.address} port ${options.target.port}`,
    seed: options.seed,
    messages: run.messages,
    damaged: run.damaged,
    sessions: run.sessions,
    failedAttempts: run.failedAttempts,
    closesTotal: run.closesTotal,
    closes: run.closes,
    alive,
    ...(alive ? {} : { reason: run.lastFailure }),
    seconds: (performance.now() - startedAt) / 1000,
  };
}

class Attack {
  messages = 0;
  damaged = 0;
  sessions = 0;
  failedAttempts = 0;
  closesTotal = 0;
  lastFailure = 'never tried';
  readonly closes: Close[] = [];
  readonly #options: AttackOptions;
  #session: FuzzSession | undefined;
  #context: FuzzContext | undefined;
  #keepaliveAt = 0;
  /** The message whose header promised more octets than it had: it swallows those behind it. */
  #unfinished: { readonly number: number; readonly message: FuzzMessage } | undefined;

  constructor(options: AttackOptions) {
    this.#options = options;
  }

  async sendAll(): Promise<void> {
    const { seed, count, progress } = this.#options;
    for (let number = 1; number <= count; number++) {
      const session = await this.#established();
      if (session === undefined || this.#context === undefined) return;
      const random = new Random(seed, number);
      const message = randomFuzzMessage(random, this.#context, WEIGHTS);
      if (message.kind === 'open') await this.#tryOpen(number, random);
      else await this.#sendOne(session, number, message);
      progress?.(this.messages, this.closesTotal);
    }
  }

  /** Whether a clean session can be had and lasts a while. */
  async lives(): Promise<boolean> {
    await this.#session?.close();
    this.#session = undefined;
    const session = await this.#established();
    if (session === undefined) return false;
    await session.settle(OPEN_MILLISECONDS);
    const lasting = session.end === undefined;
    if (!lasting) this.lastFailure = `a clean session ended: ${describeEnd(session.end)}`;
    await session.close();
    return lasting;
  }

  async #sendOne(session: FuzzSession, number: number, message: FuzzMessage): Promise<void> {
    const { paceMilliseconds } = this.#options;
    if (performance.now() - this.#keepaliveAt > KEEPALIVE_MILLISECONDS) {
      session.send(KEEPALIVE);
      this.#keepaliveAt = performance.now();
    }
    this.#count(message);
    if (readU16(message.bytes, 16) > message.bytes.length) this.#unfinished ??= { number, message };
    session.send(message.bytes);
    await session.flushed(CONNECT_MILLISECONDS);
    await session.settle(paceMilliseconds);
    if (message.kind === 'notification') await session.settle(OPEN_MILLISECONDS);
    if (session.end === undefined) return;
    const cause = this.#unfinished ?? { number, message };
    this.#closed('established', cause.number, cause.message, session.end);
  }

  /** A damaged OPEN on a connection of its own. */
  async #tryOpen(number: number, random: Random): Promise<void> {
    await this.#session?.close();
    this.#session = undefined;
    const session = await this.#connect();
    if (session === undefined) return;
    const message = this.#randomOpen(random);
    this.#count(message);
    session.send(message.bytes);
    const deadline = performance.now() + OPEN_MILLISECONDS;
    await session.waitFor(() => session.confirmed, deadline);
    if (session.end === undefined) await session.close();
    else this.#closed('open', number, message, session.end);
  }

  /** An OPEN that is ours but for the capabilities, so that the target looks at them, and then damaged. */
  #randomOpen(random: Random): FuzzMessage {
    const { localAs, routerId } = this.#options;
    const make = (): Uint8Array => {
      const bytes = randomMessage('open', random, this.#context!);
      writeU16(bytes, HEADER_LENGTH + 1, localAs > 0xffff ? 23456 : localAs);
      writeU16(bytes, HEADER_LENGTH + 3, 90);
      writeU32(bytes, HEADER_LENGTH + 5, routerId);
      return bytes;
    };
    return { kind: 'open', ...mutate(make(), random, make) };
  }

  #count(message: FuzzMessage): void {
    this.messages++;
    if (message.mutations.length > 0) this.damaged++;
  }

  #closed(phase: ClosePhase, number: number, message: FuzzMessage, end: SessionEnd): void {
    this.#session = undefined;
    this.closesTotal++;
    if (this.closes.length >= MAX_CLOSES) return;
    const { notification, error } = end;
    this.closes.push({
      message: number,
      phase,
      kind: message.kind,
      mutations: message.mutations,
      ...(notification === undefined
        ? {}
        : {
            code: notification.code,
            subcode: notification.subcode,
            name: notificationName(notification.code, notification.subcode),
            dataHex: toHex(notification.data),
          }),
      ...(error === undefined ? {} : { error }),
      hex: toHex(message.bytes),
    });
  }

  /** The session, or a new one; undefined when the target gives none for too long. */
  async #established(): Promise<FuzzSession | undefined> {
    if (this.#session?.end === undefined && this.#session !== undefined) return this.#session;
    const { localAs, peerAs, routerId, patienceSeconds } = this.#options;
    const deadline = performance.now() + patienceSeconds * 1000;
    const offer: SessionOffer = {
      as: localAs,
      routerId,
      // Every fourth session is one with 2-octet AS numbers, every other one has short messages.
      fourOctetAs: localAs > 0xffff || this.sessions % 4 !== 3,
      extendedMessage: this.sessions % 2 === 0,
    };
    let retryMilliseconds = FIRST_RETRY_MILLISECONDS;
    while (performance.now() < deadline) {
      const session = await this.#connect();
      if (session !== undefined) {
        if (await session.establish(offer, ESTABLISH_MILLISECONDS)) {
          this.#session = session;
          this.#context = agreedContext(offer, peerAs, session.open!);
          this.#keepaliveAt = performance.now();
          this.#unfinished = undefined;
          this.sessions++;
          return session;
        }
        this.failedAttempts++;
        this.lastFailure = `no session: ${describeEnd(session.end)}`;
        await session.close();
      }
      await pause(retryMilliseconds);
      retryMilliseconds = Math.min(retryMilliseconds * 2, LAST_RETRY_MILLISECONDS);
    }
    return undefined;
  }

  async #connect(): Promise<FuzzSession | undefined> {
    const { target, localAddress, md5Key } = this.#options;
    try {
      return await FuzzSession.connect(
        {
          ...target,
          ...(localAddress === undefined ? {} : { localAddress }),
          ...(md5Key === undefined ? {} : { md5Key }),
        },
        CONNECT_MILLISECONDS,
      );
    } catch (error) {
      this.failedAttempts++;
      this.lastFailure = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }
}

function describeEnd(end: SessionEnd | undefined): string {
  if (end === undefined) return 'no answer';
  if (end.notification !== undefined)
    return notificationName(end.notification.code, end.notification.subcode);
  return end.error ?? 'the connection was closed without a NOTIFICATION';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The router id to use when none is given: made of the AS number, so that it is not the target's by chance. */
export function defaultRouterId(as: number): number {
  return (0x0a000000 | (as & 0xffffff)) >>> 0;
}
