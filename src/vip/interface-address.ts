/**
 * Addresses on interfaces: added with `ip` (iproute2) while a VIP wants them, removed when the last VIP does not.
 *
 * An address that was there before is used but not ours: it is never removed. What we add is remembered on disk first
 * (`address-state.ts`). Commands run one after the other, about 3 ms each.
 */
import { networkInterfaces } from 'node:os';
import { parsePrefix } from '../base/prefix.ts';
import { localSubnets } from '../net/interfaces.ts';
import { AddressState } from './address-state.ts';
import { printable } from './checks/check.ts';
import { runProgram } from './checks/run-program.ts';

/** Time that one `ip` command may take. */
const COMMAND_MILLISECONDS = 5000;

/** Runs `ip` with these arguments; undefined when it worked, else what it said. */
export type IpCommand = (words: readonly string[]) => Promise<string | undefined>;

export interface InterfaceAddressOptions {
  /** undefined: what is left after a crash stays. */
  readonly stateFile: string | undefined;
  /** Told when the state file cannot be written. */
  readonly onProblem: (reason: string) => void;
  readonly ip?: IpCommand;
  /** Whether an interface that is up has the address; by default asks the kernel. */
  readonly isPresent?: (interfaceName: string, address: string) => boolean;
}

export class InterfaceAddresses {
  readonly #options: InterfaceAddressOptions;
  readonly #ip: IpCommand;
  readonly #isPresent: (interfaceName: string, address: string) => boolean;
  /** Who needs an address, by interface and address; an owner is any object. */
  readonly #users = new Map<string, Set<object>>();
  readonly #state: AddressState;
  #last: Promise<unknown> = Promise.resolve();
  /** Why the state file cannot be written. */
  #told: string | undefined;

  constructor(options: InterfaceAddressOptions) {
    this.#options = options;
    this.#ip = options.ip ?? systemIp;
    this.#isPresent = options.isPresent ?? isOnInterface;
    this.#state = new AddressState(options.stateFile);
  }

  /** Removes what an earlier run has added and not removed; returns those addresses. */
  cleanLeftovers(): Promise<readonly { interface: string; address: string }[]> {
    return this.#inTurn(async () => {
      const removed = [];
      for (const entry of this.#state.entries) {
        const failure = await this.#ip(['address', 'del', entry.address, 'dev', entry.interface]);
        if (failure === undefined) removed.push(entry);
        else if (!isAbsent(failure))
          this.#options.onProblem(`cannot remove ${entry.address} from ${entry.interface}: ${failure}`);
        if (failure === undefined || isAbsent(failure)) await this.#save(this.#state.delete(entry));
      }
      return removed;
    });
  }

  /**
   * Makes the interface have the address for `owner`; true when it was added now.
   * Rejects with a sentence when it cannot.
   */
  acquire(owner: object, interfaceName: string, address: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const entry = { interface: interfaceName, address };
      const users = this.#usersOf(interfaceName, address);
      const wasOurs = this.#state.has(entry);
      // Not even for a moment does the state file claim what was there before.
      const isForeign = !wasOurs && this.#isPresent(interfaceName, address);
      if (isForeign) {
        users.add(owner);
        return false;
      }
      await this.#save(this.#state.add(entry));
      const six = address.includes(':');
      const words = ['address', 'add', address, 'dev', interfaceName, ...(six ? ['nodad'] : [])];
      const failure = await this.#ip(words);
      if (failure !== undefined && !isThere(failure)) {
        if (users.size === 0) await this.#save(this.#state.delete(entry));
        throw new Error(`cannot add ${address} to ${interfaceName}: ${failure}`);
      }
      // It was there before and we did not put it there: not ours to remove.
      if (failure !== undefined && !wasOurs) await this.#save(this.#state.delete(entry));
      users.add(owner);
      if (!this.#isPresent(interfaceName, address))
        throw new Error(`${interfaceName} is down: its address ${address} cannot be reached`);
      return failure === undefined;
    });
  }

  /** `owner` does not need it any more; true when it was removed now. Rejects with a sentence when it cannot be. */
  release(owner: object, interfaceName: string, address: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const users = this.#usersOf(interfaceName, address);
      if (!users.delete(owner) || users.size > 0) return false;
      this.#users.delete(`${interfaceName} ${address}`);
      const entry = { interface: interfaceName, address };
      if (!this.#state.has(entry)) return false;
      const failure = await this.#ip(['address', 'del', address, 'dev', interfaceName]);
      if (failure !== undefined && !isAbsent(failure))
        throw new Error(`cannot remove ${address} from ${interfaceName}: ${failure}`);
      await this.#save(this.#state.delete(entry));
      return failure === undefined;
    });
  }

  /** Writes the state file when that has failed before; called once a second. */
  async repair(): Promise<void> {
    if (!this.#state.saved) await this.#save(this.#state.retry());
  }

  isPresent(interfaceName: string, address: string): boolean {
    return this.#isPresent(interfaceName, address);
  }

  isOurs(interfaceName: string, address: string): boolean {
    return this.#state.has({ interface: interfaceName, address });
  }

  #usersOf(interfaceName: string, address: string): Set<object> {
    const key = `${interfaceName} ${address}`;
    const users = this.#users.get(key) ?? new Set();
    this.#users.set(key, users);
    return users;
  }

  /** A disk that is full must not take a service down: what it costs is a leftover after a crash. Told once. */
  async #save(saved: Promise<void>): Promise<void> {
    try {
      await saved;
      this.#told = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (this.#told === message) return;
      this.#told = message;
      this.#options.onProblem(
        `cannot write ${this.#options.stateFile}: ${message}; addresses would stay behind after a crash`,
      );
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

async function systemIp(words: readonly string[]): Promise<string | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), COMMAND_MILLISECONDS);
  const end = await runProgram(['ip', ...words], abort.signal, { LC_ALL: 'C' });
  clearTimeout(timer);
  switch (end.kind) {
    case 'exited':
      return end.code === 0
        ? undefined
        : printable(end.output.replaceAll(/^(RTNETLINK answers|Error): /gm, '')) || `exit code ${end.code}`;
    case 'failed':
      return end.error.code === 'ENOENT'
        ? 'there is no program `ip` (install iproute2)'
        : `ip: ${end.error.message}`;
    case 'killed':
      return `ip was ended by ${end.signal}`;
    case 'aborted':
      return 'ip does not end';
  }
}

function isThere(failure: string): boolean {
  return /File exists|already assigned/i.test(failure);
}

function isAbsent(failure: string): boolean {
  return /Cannot assign requested address|Address not found|Cannot find device/i.test(failure);
}

function isOnInterface(interfaceName: string, address: string): boolean {
  const wanted = Buffer.from(parsePrefix(address)?.bytes ?? []);
  return localSubnets(networkInterfaces()).some(
    (subnet) => subnet.interface === interfaceName && wanted.equals(subnet.bytes),
  );
}
