/**
 * The adversary: one BGP session for each case, held with just enough BGP to get the message across. Runs inside the
 * network namespace of the lab as a process of its own, told what to do by lines of JSON on its standard input and
 * answering each with one on its standard output.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawPeer } from '../speaker/raw-peer.ts';
import { KEEPALIVE, message, NOTIFICATION, OPEN, openMessage } from './build.ts';
import type { ConformanceCase, Ground } from './case.ts';
import { CASES } from './cases/index.ts';
import { addressOf, controlRoutes, DAEMON, firstRoutes, groundOf, messageOf } from './ground.ts';

/** What the parent asks for; `cases` are numbers in the list. */
export interface Order {
  readonly step: 'establish' | 'strike' | 'control' | 'report';
  readonly cases: readonly number[];
}

/** What became of the session of a case. */
export interface SessionReport {
  readonly index: number;
  /** Why the session could not be brought to the point where the case begins. */
  readonly failure?: string;
  /** Code and subcode of the NOTIFICATION received. */
  readonly notification?: string;
  readonly closed: boolean;
  /** Codes of the capabilities that the daemon offers. */
  readonly capabilities: readonly number[];
  /** The daemon has sent a KEEPALIVE after our OPEN: it took it. */
  readonly accepted: boolean;
}

const PORT = 179;
const PATIENCE = 6000;

/** Sessions opened at a time: FRR and BIRD let only a handful of connections wait to be accepted. */
const PARALLEL = 3;

class CaseSession {
  readonly #index: number;
  readonly #case: ConformanceCase;
  readonly #ground: Ground;
  #peer: RawPeer | undefined;
  #failure: string | undefined;

  constructor(index: number, one: ConformanceCase) {
    this.#index = index;
    this.#case = one;
    this.#ground = groundOf(one, index);
  }

  get #stage(): 'open-sent' | 'open-confirm' | 'established' {
    return this.#case.stage ?? 'established';
  }

  /** To the point where the message of the case is due. */
  async establish(): Promise<void> {
    try {
      this.#peer = await this.#connect();
      if (this.#stage === 'open-sent') {
        await within(this.#peer.next(OPEN), 'OPEN');
        return;
      }
      this.#peer.send(openMessage(this.#ground));
      await within(this.#peer.next(KEEPALIVE), 'KEEPALIVE');
      if (this.#stage === 'established') this.#peer.send(message(KEEPALIVE), firstRoutes(this.#ground));
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
  }

  async strike(): Promise<void> {
    if (this.#peer === undefined) return;
    this.#peer.send(messageOf(this.#case, this.#index));
    if (this.#stage !== 'open-sent') return;
    // When the daemon takes the OPEN the session goes on.
    await Promise.race([this.#peer.next(KEEPALIVE).catch(() => undefined), this.#peer.closed, sleep(2000)]);
    if (!this.#peer.isClosed) this.#peer.send(message(KEEPALIVE));
  }

  control(): void {
    if (this.#stage === 'established') this.#peer?.send(controlRoutes(this.#ground, this.#index));
  }

  report(): SessionReport {
    const index = this.#index;
    if (this.#peer === undefined || this.#failure !== undefined)
      return {
        index,
        failure: this.#failure ?? 'no connection',
        closed: true,
        accepted: false,
        capabilities: [],
      };
    const body = this.#peer.notifications[0];
    const code = (at: number): number => Number.parseInt(body?.slice(at, at + 2) ?? '', 16);
    return {
      index,
      ...(body === undefined ? {} : { notification: `${code(0)}/${code(2)}` }),
      closed: this.#peer.isClosed,
      capabilities: capabilitiesOf(this.#peer.messages.find(({ type }) => type === OPEN)?.body ?? ''),
      accepted: this.#peer.messages.some(({ type }) => type === KEEPALIVE),
    };
  }

  async #connect(): Promise<RawPeer> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      try {
        const peer = await RawPeer.connect(PORT, addressOf(this.#index), DAEMON.address);
        await Promise.race([peer.next(OPEN).catch(() => undefined), peer.closed, sleep(1000)]);
        // Some daemons turn connections away until they have read all of their configuration.
        if (!peer.isClosed || peer.messages.some(({ type }) => type === NOTIFICATION)) return peer;
        if (Date.now() > deadline) throw new Error('the daemon closes the connection at once');
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      await sleep(200);
    }
  }
}

/** Capability codes of the body of an OPEN in the classic form. */
function capabilitiesOf(hex: string): number[] {
  const bytes = Buffer.from(hex, 'hex');
  const codes: number[] = [];
  for (let at = 10; at + 1 < bytes.length; at += 2 + bytes[at + 1]!)
    for (let inner = at + 2; inner + 1 < at + 2 + bytes[at + 1]!; inner += 2 + bytes[inner + 1]!)
      codes.push(bytes[inner]!);
  return codes;
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = sleep(PATIENCE).then(() => {
    throw new Error(`no ${what} within ${PATIENCE} ms`);
  });
  return await Promise.race([promise, late]);
}

const sessions = new Map<number, CaseSession>();

function sessionOf(index: number): CaseSession {
  const known = sessions.get(index);
  if (known !== undefined) return known;
  const one = CASES[index];
  if (one === undefined) throw new Error(`no case ${index}`);
  const made = new CaseSession(index, one);
  sessions.set(index, made);
  return made;
}

/** Takes sessions from the common list until there is none left. */
async function establishAll(list: CaseSession[]): Promise<void> {
  for (let one = list.shift(); one !== undefined; one = list.shift()) await one.establish();
}

async function obey({ step, cases }: Order): Promise<readonly SessionReport[]> {
  const list = cases.map(sessionOf);
  if (step === 'report') return list.map((one) => one.report());
  if (step === 'control') for (const one of list) one.control();
  else if (step === 'strike') await Promise.all(list.map((one) => one.strike()));
  else await Promise.all(Array.from({ length: PARALLEL }, () => establishAll(list)));
  return [];
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line) as Order))}\n`);
process.exit(0);
