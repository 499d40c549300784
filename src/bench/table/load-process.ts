/** The load process as its owner sees it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BellhopError } from '../../base/errors.ts';
import type { RunRequest, RunResult } from './load.ts';
import type { LoadAnswer, LoadRequest, SourceRequest } from './load-protocol.ts';

/** `load-main.ts` in a checkout, `load-main.js` in an installed package. */
const MAIN = fileURLToPath(new URL(`load-main${import.meta.url.slice(-3)}`, import.meta.url));

export class LoadProcess implements Disposable {
  readonly #child: ChildProcess;
  #settle: PromiseWithResolvers<LoadAnswer> | undefined;
  #stopped: string | undefined;

  constructor() {
    this.#child = fork(MAIN, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (answer: LoadAnswer) => this.#settle?.resolve(answer));
    this.#child.on('error', (error) => this.#stop(error.message));
    this.#child.on('exit', (code, signal) => this.#stop(`it ended with ${code ?? signal}`));
  }

  /** Makes and encodes the routes; resolves with a description of them. */
  async prepare(source: SourceRequest): Promise<string> {
    const answer = await this.#ask({ kind: 'prepare', source });
    return answer.kind === 'prepared' ? answer.description : '';
  }

  /** Runs the scenario against one daemon. @throws Error when the daemon does not go along */
  async run(run: RunRequest): Promise<RunResult> {
    const answer = await this.#ask({ kind: 'run', run });
    if (answer.kind !== 'result') throw new Error('the load process answered something else');
    return answer.result;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }

  async #ask(request: LoadRequest): Promise<LoadAnswer> {
    if (this.#stopped !== undefined) throw new Error(`no load process: ${this.#stopped}`);
    this.#settle = Promise.withResolvers<LoadAnswer>();
    this.#child.send(request);
    const answer = await this.#settle.promise;
    this.#settle = undefined;
    if (answer.kind === 'failure') throw new BellhopError('INVALID_ARGUMENT', answer.message);
    return answer;
  }

  #stop(reason: string): void {
    this.#stopped ??= reason;
    this.#settle?.reject(new Error(`the load process is gone: ${reason}`));
  }
}
