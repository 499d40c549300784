/**
 * The speaker under attack and the session that must not notice: a neighbor to misbehave as (127.0.0.2), an internal
 * one (127.0.0.3), and a healthy speaker at 127.0.0.9 that goes on exchanging routes.
 */
import { expect } from 'vitest';
import type { SpeakerOptions } from '../../src/speaker/speaker.ts';
import type { NeighborStatus } from '../../src/speaker/status.ts';
import { configOf, established, prefixes, type Running, run, until } from './fixtures.ts';

export const BAD = '127.0.0.2';
export const INTERNAL = '127.0.0.3';
const HEALTHY = '127.0.0.9';

export interface Scene extends AsyncDisposable {
  readonly subject: Running;
  readonly port: number;
  /** Routes go both ways, nothing was told of the healthy session, and it is the same session as at the start. */
  untouched(): Promise<void>;
  status(address?: string): NeighborStatus;
}

function subjectConfig(extra: string, network: string): string {
  return `
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: ${HEALTHY}, peer-as: 65009, passive: true, hold-time: 0, minimum-hold-time: 0, import: accept, export: accept }
  - { address: ${INTERNAL}, peer-as: internal, passive: true, idle-hold-time: 10ms }
  - { address: ${BAD}, peer-as: 65002, passive: true, idle-hold-time: 10ms, idle-hold-time-maximum: 10ms, import: accept, export: accept${extra} }
networks: [${network}]
`;
}

/** Starts both; `extra` goes to the neighbor that misbehaves (`, key: value`), `networks` to what is announced. */
export async function scene(
  options: SpeakerOptions = {},
  extra = '',
  networks: string[] = [],
): Promise<Scene> {
  let round = 0;
  const config = () =>
    configOf(
      subjectConfig(extra, [...networks, `10.1.${round}.0/24`].map((it) => `{ prefix: ${it} }`).join(', ')),
    );
  const subject = await run(config(), options);
  const healthyConfig = () =>
    configOf(`
as: 65009
router-id: 10.0.0.9
listen: []
neighbors:
  - { address: 127.0.0.1, port: ${subject.port}, peer-as: 65001, local-address: ${HEALTHY}, hold-time: 0, minimum-hold-time: 0, connect-retry: 100ms, import: accept, export: accept }
networks: [{ prefix: 10.9.${round}.0/24 }]
`);
  const healthy = await run(healthyConfig());
  await until(() => established(subject, HEALTHY), 'the healthy session');
  const told = () => subject.events.filter((event) => 'peer' in event && event.peer === HEALTHY).length;
  const toldAtFirst = told();
  const exchange = async () => {
    round++;
    subject.speaker.apply(config());
    healthy.speaker.apply(healthyConfig());
    const other = round - 1;
    const has = (who: Running, one: string) => {
      const known = prefixes(who);
      return known.includes(`10.${one}.${round}.0/24`) && !known.includes(`10.${one}.${other}.0/24`);
    };
    await until(() => has(subject, '9') && has(healthy, '1'), 'routes of the healthy session');
  };
  await exchange();
  return {
    subject,
    port: subject.port,
    status: (address = BAD) => subject.speaker.neighbor(address)!,
    async untouched() {
      await exchange();
      expect(told()).toBe(toldAtFirst);
      expect(subject.speaker.neighbor(HEALTHY)).toMatchObject({ state: 'Established', flaps: 0 });
    },
    async [Symbol.asyncDispose]() {
      await healthy[Symbol.asyncDispose]();
      await subject[Symbol.asyncDispose]();
    },
  };
}
