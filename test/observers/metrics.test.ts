/** The exposition: its values, and what Prometheus' own checker says of it. */
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Metrics } from '../../src/observers/metrics.ts';
import { Observers } from '../../src/observers/observers.ts';
import type { NeighborStatus } from '../../src/speaker/status.ts';
import { Vips } from '../../src/vip/vips.ts';
import { FakeSpeaker, neighborStatus } from '../api/fake-speaker.ts';
import { configOf, until } from '../speaker/fixtures.ts';

let speaker: FakeSpeaker;
let observers: Observers;

beforeEach(() => {
  speaker = new FakeSpeaker();
  speaker.neighborList = [
    neighborStatus(),
    neighborStatus({
      address: 'fe80::2%eth0',
      state: 'Idle',
      disabled: { message: '', since: '2026-01-01T00:00:00.000Z' },
      peerAs: 'external',
      routerId: undefined,
      flaps: 3,
      rejectedConnections: { 'wrong AS': 2, collision: 5 },
      lastError: {
        time: '2026-01-01T00:00:00.000Z',
        direction: 'received',
        code: 6,
        subcode: 2,
        reason: 'Cease/administrative-shutdown',
        shutdownMessage: undefined,
      },
    }),
  ];
  observers = new Observers(speaker);
});

afterEach(() => observers.close());

/** The value behind a name and its labels. */
async function value(line: string): Promise<number | undefined> {
  const text = await new Metrics(speaker, observers).text();
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

test.each([
  ['bgp_build_info{version="9.9.9",node="%"}', 1],
  ['bgp_peers', 2],
  ['bgp_peers_established', 1],
  ['bgp_peer_state{peer="192.0.2.2",session_state="ESTABLISHED",admin_state="UP"}', 1],
  ['bgp_peer_state{peer="fe80::2%eth0",session_state="IDLE",admin_state="DOWN"}', 1],
  ['bgp_peer_asn{peer="192.0.2.2",router_id="192.0.2.2"}', 65002],
  ['bgp_routes_received{peer="192.0.2.2",route_family="ipv4-unicast"}', 12],
  ['bgp_routes_accepted{peer="192.0.2.2",route_family="ipv4-unicast"}', 11],
  ['bgp_routes_advertised{peer="192.0.2.2",route_family="ipv4-unicast"}', 3],
  ['bgp_sent_keepalive_total{peer="192.0.2.2"}', 8],
  ['bgp_received_message_total{peer="192.0.2.2"}', 12],
  ['bgp_session_flaps_total{peer="fe80::2%eth0"}', 3],
  ['bgp_rejected_connections_total{peer="fe80::2%eth0"}', 7],
  ['bgp_last_error_info{peer="fe80::2%eth0",code="6",subcode="2",direction="received"}', 1],
  ['bgp_last_error_info{peer="192.0.2.2",code="6",subcode="2",direction="received"}', undefined],
  ['bgp_own_routes', 3],
  ['bgp_own_routes_expired_total', 1],
  ['bgp_update_latency_seconds_bucket{le="0.005"}', 5],
  ['bgp_update_latency_seconds_bucket{le="30"}', 5],
  ['bgp_update_latency_seconds_bucket{le="+Inf"}', 6],
  ['bgp_update_latency_seconds_sum', 40.5],
  ['bgp_rib_pending_prefixes', 7],
  ['bgp_ignored_family_updates_total', 4],
] as const)('Metrics: %s is %s', async (line, expected) => {
  expect(await value(line.replace('"%"', `"${process.versions.node}"`))).toBe(expected);
});

test('Metrics: values are read at the scrape, not before', async () => {
  expect(await value('bgp_event_streams')).toBe(0);
  observers.events.listen({ types: new Set(['session']), hear: () => undefined });
  observers.slowReader();
  speaker.neighborList = [];
  expect(await value('bgp_event_streams')).toBe(1);
  expect(await value('bgp_event_streams_disconnected_total')).toBe(1);
  expect(await value('bgp_peers')).toBe(0);
});

test("Metrics: FRR's label peer_as is the number of the last session while there is none", async () => {
  const metrics = new Metrics(speaker, observers);
  const labels = async () =>
    (await metrics.text('frr')).match(
      /(?<=^frr_bgp_peer_state\{.*afi="ipv4".*)peer="[^"]*",peer_as="[^"]*"/gm,
    );
  const at = (address: string, peerAs: NeighborStatus['peerAs']) => neighborStatus({ address, peerAs });
  speaker.neighborList = [at('192.0.2.2', 'external'), at('192.0.2.3', 'internal')];
  expect(await labels()).toEqual(['peer="192.0.2.2",peer_as="external"', 'peer="192.0.2.3",peer_as="65001"']);
  speaker.neighborList = [at('192.0.2.2', 65009), at('192.0.2.3', 65001)];
  const up = await labels();
  expect(up).toEqual(['peer="192.0.2.2",peer_as="65009"', 'peer="192.0.2.3",peer_as="65001"']);
  speaker.neighborList = [at('192.0.2.2', 'external'), at('192.0.2.3', 'internal')];
  expect(await labels()).toEqual(up);
  speaker.neighborList = [];
  await labels();
  speaker.neighborList = [at('192.0.2.2', 'external')];
  expect(await labels()).toEqual(['peer="192.0.2.2",peer_as="external"']);
});

test("Metrics: MetalLB's names for those who ask", async () => {
  expect(await new Metrics(speaker, observers).text()).not.toContain('metallb');
  const text = await new Metrics(speaker, observers).text('metallb');
  expect(text).toContain('\nmetallb_bgp_session_up{peer="192.0.2.2"} 1\n');
  expect(text).toContain('\nmetallb_bgp_session_up{peer="fe80::2%eth0"} 0\n');
  expect(text).toContain('\nmetallb_bgp_announced_prefixes_total{peer="192.0.2.2"} 3\n');
  expect(text).toContain('\nmetallb_bgp_updates_total{peer="192.0.2.2"} 2\n');
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

describe.skipIf(!hasPromtool)('promtool check metrics (apt-get install prometheus)', () => {
  const check = (input: string) => spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });

  test('has nothing to say about ours', async () => {
    const { status, stdout, stderr } = check(await new Metrics(speaker, observers).text());
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('would say if a counter had no _total', async () => {
    const text = (await new Metrics(speaker, observers).text()).replaceAll(
      'bgp_session_flaps_total',
      'bgp_session_flaps',
    );
    expect(check(text).status).not.toBe(0);
  });
});

test('VIPs and their checks', async () => {
  const vips = new Vips(
    speaker,
    configOf(`
as: 65001
router-id: 10.0.0.1
vips:
  - { name: web, addresses: [203.0.113.10] }
  - { name: db, addresses: [203.0.113.20], checks: [{ name: ping, exec: [/does/not/exist], interval: 50ms }] }
`),
  );
  await vips.start();
  await until(() => vips.vip('db')?.state === 'DOWN', 'db is DOWN');
  const withVips = new Observers(speaker, vips);
  const text = await new Metrics(speaker, withVips).text();
  await vips.stop('the test is over');
  withVips.close();
  const lines = text.split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'vip_state{vip="web"} 1',
      'vip_state{vip="db"} 0',
      'vip_state{vip="db",check="ping"} 0',
      'vip_advertised{vip="web"} 1',
      'vip_advertised{vip="db"} 0',
    ]),
  );
  const number = (name: string) => {
    const line = lines.find((one) => one.startsWith(`${name}{vip="db",check="ping"} `));
    return Number(line?.split(' ')[1]);
  };
  expect(number('health_check_failures_total')).toBeGreaterThan(0);
  expect(number('health_check_runs_total')).toBeGreaterThanOrEqual(number('health_check_failures_total'));
  expect(number('health_check_duration_seconds')).toBeGreaterThanOrEqual(0);
});
