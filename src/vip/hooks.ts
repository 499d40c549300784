/**
 * Hooks: programs that run when a VIP was announced or withdrawn. One at a time; a change while one runs is run
 * behind it, and only the last of several. Nothing waits for them.
 */
import type { Clock } from '../base/clock.ts';
import type { VipHooks } from '../config/vip-types.ts';
import { printable } from './checks/check.ts';
import { runProgram } from './checks/run-program.ts';

export type Hook = 'up' | 'down';

export interface HookHost {
  readonly clock: Clock;
  failed(hook: Hook, reason: string): void;
}

export class HookRunner {
  readonly #host: HookHost;
  #settings: VipHooks;
  #last: Hook | undefined;
  #pending: { hook: Hook; variables: Readonly<Record<string, string>> } | undefined;
  #running: Promise<void> | undefined;

  constructor(host: HookHost, settings: VipHooks) {
    this.#host = host;
    this.#settings = settings;
  }

  /** The hook that was fired last. */
  get last(): Hook | undefined {
    return this.#last;
  }

  update(settings: VipHooks): void {
    this.#settings = settings;
  }

  /** Runs the hook unless it was the last one anyway. */
  fire(hook: Hook, variables: Readonly<Record<string, string>>): void {
    if (this.#last === hook) return;
    this.#last = hook;
    this.#pending = { hook, variables };
    this.#running ??= this.#work();
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  async #work(): Promise<void> {
    for (let next = this.#pending; next !== undefined; next = this.#pending) {
      this.#pending = undefined;
      await this.#run(next.hook, next.variables);
    }
    this.#running = undefined;
  }

  async #run(hook: Hook, variables: Readonly<Record<string, string>>): Promise<void> {
    const command = this.#settings[hook];
    if (command === undefined) return;
    const abort = new AbortController();
    const timer = this.#host.clock.timer(() => abort.abort());
    timer.start(this.#settings.timeoutSeconds * 1000);
    const end = await runProgram(command, abort.signal, variables);
    timer.stop();
    if (end.kind === 'exited' && end.code === 0) return;
    const said = 'output' in end && end.output.trim() !== '' ? `: ${end.output.trim().split('\n')[0]}` : '';
    const why = {
      exited: () => (end.kind === 'exited' ? `exit code ${end.code}` : ''),
      killed: () => (end.kind === 'killed' ? `ended by ${end.signal}` : ''),
      aborted: () => `killed after ${this.#settings.timeoutSeconds} s`,
      failed: () => (end.kind === 'failed' ? end.error.message : ''),
    }[end.kind]();
    this.#host.failed(hook, printable(`${command[0]}: ${why}${said}`));
  }
}
