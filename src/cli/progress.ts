/**
 * Progress: one line that is drawn again and again while a command takes longer than a second, on terminals only, on
 * standard error, and gone when the command is done.
 */
import type { Output } from './terminal.ts';

const PATIENCE_MILLISECONDS = 1000;
const REDRAW_MILLISECONDS = 100;
const WIDTH = 24;

export class Progress {
  readonly #output: Output;
  readonly #label: string;
  readonly #startedAt = performance.now();
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(output: Output, label: string) {
    this.#output = output;
    this.#label = label;
  }

  /** How far it is: `done` of `total` (undefined when nobody knows), and what to say behind the bar. */
  update(done: number, total: number | undefined, text: string): void {
    if (this.#output.isTTY !== true) return;
    const now = performance.now();
    if (now - this.#startedAt < PATIENCE_MILLISECONDS || now - this.#drawnAt < REDRAW_MILLISECONDS) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    this.#output.write(`\r${this.#label} ${bar(done, total)} ${text}\x1b[K`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isDrawn) this.#output.write('\r\x1b[K');
    this.#isDrawn = false;
  }
}

function bar(done: number, total: number | undefined): string {
  if (total === undefined || total <= 0) return '';
  const part = Math.min(1, done / total);
  const full = Math.round(part * WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}
