/** Ask 26 (antrea #8354, frr_exporter #79, birdwatcher #32): per-peer uptime, counts by family, the last error. */
import { expect, test } from 'vitest';
import { requestText } from './metrics.ts';
import { hears, setting } from './setting.ts';

test('they are there, change with the session, and have the names of MetalLB when asked', async () => {
  await using subject = await setting(26, { top: 'networks: [{ prefix: 192.0.2.0/24 }]' });
  await subject.start();
  await hears(subject, '192.0.2.0/24');
  await subject.bellhop('wait', 'quiet', '--for', '1s');
  const peer = `peer="${subject.peerAddress}"`;
  const up = await requestText(subject.socketPath, '/metrics?aliases=metallb');
  const value = (text: string, name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1),
    );
  expect(value(up, `bgp_peer_uptime_seconds{${peer}}`)).toBeGreaterThanOrEqual(1);
  expect(value(up, `bgp_routes_received{${peer},route_family="ipv4-unicast"}`)).toBe(2);
  expect(value(up, `bgp_routes_advertised{${peer},route_family="ipv4-unicast"}`)).toBe(1);
  expect(up).toMatch(new RegExp(`^metallb_bgp_session_up\\{peer="${subject.peerAddress}[^}]*\\} 1$`, 'm'));

  subject.peer.speaker.disable(subject.address, 'maintenance');
  await subject.bellhop('wait', 'quiet', '--for', '300ms');
  const down = await requestText(subject.socketPath, '/metrics');
  expect(value(down, `bgp_peer_uptime_seconds{${peer}}`)).toBe(0);
  expect(down).toMatch(
    new RegExp(`^bgp_[a-z_]*error[a-z_]*\\{${peer},.*code="6",subcode="2",direction="received"\\}`, 'm'),
  );
  expect((await subject.bellhop('show', 'neighbors')).text).toMatch(
    /no session: received Cease\/administrative-shutdown .*"maintenance"/,
  );
});

test('under the names of the exporter for FRR, with its labels and states', async () => {
  await using subject = await setting(26, { top: 'networks: [{ prefix: 192.0.2.0/24 }]' });
  await subject.start();
  await hears(subject, '192.0.2.0/24');
  await subject.bellhop('wait', 'quiet', '--for', '500ms');
  const of = async (name: string) => {
    const text = await requestText(subject.socketPath, '/metrics?aliases=frr');
    return text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes('ipv4'));
  };
  const labels = `vrf="default",afi="ipv4",safi="unicast",local_as="65001",peer="${subject.peerAddress}",peer_as="65002"`;
  expect(await of('frr_bgp_peer_state')).toEqual([`frr_bgp_peer_state{${labels}} 1`]);
  expect(await of('frr_bgp_peer_prefixes_received_count_total')).toEqual([
    `frr_bgp_peer_prefixes_received_count_total{${labels}} 2`,
  ]);
  expect(await of('frr_bgp_peer_prefixes_advertised_count_total')).toEqual([
    `frr_bgp_peer_prefixes_advertised_count_total{${labels}} 1`,
  ]);
  expect(await of('frr_bgp_peer_message_sent_total')).toHaveLength(1);
  await subject.bellhop('disable', subject.peerAddress);
  expect(await of('frr_bgp_peer_state')).toEqual([`frr_bgp_peer_state{${labels}} 2`]);
});
