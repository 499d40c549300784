/** Speakers on loopback addresses for the tests: configuration from YAML text, events and log lines recorded. */
import { createServer } from 'node:net';
import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';
import type { SpeakerEvent } from '../../src/speaker/events.ts';
import { attachLog, createLog } from '../../src/speaker/log.ts';
import { Speaker, type SpeakerOptions } from '../../src/speaker/speaker.ts';
import { ManualClock } from './manual-clock.ts';

/** The configuration in `text`; what is wrong with it is an error. */
export function configOf(text: string): Config {
  const loaded = parseConfig(text, 'test.yaml');
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.config;
}

/** A log line as JSON. */
export interface LogLine {
  readonly level: string;
  readonly peer?: string;
  readonly msg: string;
}

export interface Running extends AsyncDisposable {
  readonly speaker: Speaker;
  readonly port: number;
  readonly events: readonly SpeakerEvent[];
  /** What was told of `peer` with a reason: ends of sessions, refusals, faults, warnings. */
  notices(peer: string): readonly SpeakerEvent[];
}

/** Starts a speaker; `port` is that of its first listener. */
export async function run(config: string | Config, options: SpeakerOptions = {}): Promise<Running> {
  const speaker = new Speaker(typeof config === 'string' ? configOf(config) : config, options);
  const events: SpeakerEvent[] = [];
  speaker.subscribe((event) => events.push(event));
  await speaker.start();
  return {
    speaker,
    port: speaker.status().listen[0]?.port ?? 0,
    events,
    notices: (peer) => events.filter((event) => 'peer' in event && event.peer === peer && 'reason' in event),
    async [Symbol.asyncDispose]() {
      const stopped = speaker.stop('test is over');
      // Virtual time for sockets whose peer does not close.
      if (options.clock instanceof ManualClock) await options.clock.advance(3000);
      await stopped;
    },
  };
}

/** Records the log lines of level info and above from now on. */
export async function logOf({ speaker }: Running): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as LogLine);
  attachLog(speaker, await createLog({ format: 'json', level: 'info', sink: { write } }));
  return lines;
}

/** Waits until `holds`; fails with `what` after `milliseconds`. */
export async function until(holds: () => boolean, what: string, milliseconds = 8000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(2);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function established({ speaker }: Running, peer: string): boolean {
  return speaker.neighbor(peer)?.state === 'Established';
}

/** Prefixes in the tables of a speaker. */
export function prefixes({ speaker }: Running, family = 'ipv4-unicast'): string[] {
  return [...new Set(speaker.routes({ family }).map(({ prefix }) => prefix))].sort();
}

/** A TCP port that nobody has. */
export function freePort(address = '127.0.0.1'): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, address, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
