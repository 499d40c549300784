/** Speakers on a network in memory and on virtual time, for the tests of the library. */
import { formatDiagnostic, parseConfig, Speaker, type SpeakerEvent } from '../../src/index.ts';
import type { PolicyFunctions } from '../../src/policy/program-types.ts';
import { ManualClock, MemoryNetwork } from '../../src/testing.ts';

export class Lab {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly speakers: Speaker[] = [];

  /** Starts a speaker at 192.0.2.`as - 65000`, with the rest of its configuration in `body`. */
  async add(as: number, body: string, policies: PolicyFunctions = {}) {
    const address = `192.0.2.${as - 65_000}`;
    const head = `as: ${as}\nrouter-id: ${address}\nlisten: ["${address}:179"]\n`;
    const loaded = parseConfig(head + body, 'lab.yaml', { policies });
    if (!loaded.ok)
      throw new Error(loaded.errors.map((error) => formatDiagnostic(error, 'error')).join('\n'));
    const transport = this.network.host(address);
    const speaker = new Speaker(loaded.config, { clock: this.clock, transport });
    const events: SpeakerEvent[] = [];
    speaker.subscribe((event) => events.push(event));
    await speaker.start();
    this.speakers.push(speaker);
    return { speaker, events };
  }

  /** Virtual time until every session stands and has told what it has. */
  async converge(): Promise<void> {
    const stands = () =>
      this.speakers.every((one) => one.neighbors().every(({ state }) => state === 'Established'));
    if (!(await this.clock.advanceUntil(stands, 120_000))) throw new Error('a session does not come up');
    await this.clock.advance(2000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clock.finish(Promise.all(this.speakers.map((speaker) => speaker.stop('test is over'))));
  }
}
