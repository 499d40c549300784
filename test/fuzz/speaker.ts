/**
 * A whole speaker with live sessions under fuzz: one neighbor is the adversary of `bellhop fuzz`, the other one a
 * healthy speaker whose session must not notice. When the adversary leaves, its routes are gone.
 */
import { attack } from '../../src/fuzz/target/attack.ts';
import { configOf, established, type Running, run, until } from '../speaker/fixtures.ts';
import { must, mustEqual } from './finding.ts';

const HEALTHY = '127.0.0.9';
const ATTACKER = '127.0.0.2';
/** For a machine with other things to do. */
const PATIENCE_SECONDS = 60;

export class SpeakerFuzz implements AsyncDisposable {
  messages = 0;
  sessions = 0;
  closes = 0;
  readonly #subject: Running;
  readonly #healthy: Running;

  private constructor(subject: Running, healthy: Running) {
    this.#subject = subject;
    this.#healthy = healthy;
  }

  static async start(): Promise<SpeakerFuzz> {
    const subject = await run(
      configOf(`
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: ${HEALTHY}, peer-as: 65009, passive: true, families: [ipv4-unicast, ipv6-unicast], next-hop: [127.0.0.1, "2001:db8::1"], import: accept, export: accept }
  - { address: ${ATTACKER}, peer-as: 65002, passive: true, families: [ipv4-unicast, ipv6-unicast], next-hop: [127.0.0.1, "2001:db8::1"], idle-hold-time: 10ms, idle-hold-time-maximum: 10ms, import: accept, export: accept }
networks: [{ prefix: 198.51.100.0/24 }]
`),
    );
    const healthy = await run(
      configOf(`
as: 65009
router-id: 10.0.0.9
listen: []
neighbors:
  - { address: 127.0.0.1, port: ${subject.port}, peer-as: 65001, local-address: ${HEALTHY}, families: [ipv4-unicast, ipv6-unicast], next-hop: [${HEALTHY}, "2001:db8::9"], connect-retry: 100ms, import: accept, export: accept }
networks: [{ prefix: 203.0.113.0/24 }]
`),
    );
    await until(() => established(subject, HEALTHY), 'the healthy session', PATIENCE_SECONDS * 1000);
    await until(() => paths(subject)[0] === 2, 'the healthy route', PATIENCE_SECONDS * 1000);
    return new SpeakerFuzz(subject, healthy);
  }

  /** `count` messages of `seed`; then nothing of them is left. */
  async attack(seed: number, count: number): Promise<void> {
    const report = await attack({
      target: { address: '127.0.0.1', port: this.#subject.port },
      localAddress: ATTACKER,
      localAs: 65002,
      peerAs: 65001,
      routerId: 0x0a000002,
      seed,
      count,
      paceMilliseconds: 0,
      patienceSeconds: PATIENCE_SECONDS,
    });
    this.messages += report.messages;
    this.sessions += report.sessions;
    this.closes += report.closesTotal;
    must(report.alive, `the speaker gives no session any more: ${report.reason}`);
    const left = () => JSON.stringify([paths(this.#subject), paths(this.#healthy)]);
    await until(
      () => left() === '[[2,0],[2,0]]',
      'the routes of the adversary are gone',
      PATIENCE_SECONDS * 1000,
    ).catch(() => undefined);
    mustEqual(left(), '[[2,0],[2,0]]', 'paths when the adversary has left');
    for (const [side, peer] of [
      [this.#subject, HEALTHY],
      [this.#healthy, '127.0.0.1'],
    ] as const) {
      const status = side.speaker.neighbor(peer);
      mustEqual([status?.state, status?.flaps], ['Established', 0], 'the healthy session');
      mustEqual(status?.updateErrors.treatAsWithdraw, 0, 'UPDATEs that the healthy speaker did not like');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#healthy[Symbol.asyncDispose]();
    await this.#subject[Symbol.asyncDispose]();
  }
}

function paths({ speaker }: Running): number[] {
  return speaker.status().families.map((family) => family.paths);
}
