/** AFI/SAFI-disable (RFC 7606 section 2): one family is closed for the session, which lives on. */
import { expect, test } from 'vitest';
import { Neighbor } from '../../src/speaker/neighbor.ts';
import { BAD, scene } from './bystander.ts';
import { configOf, logOf, until } from './fixtures.ts';
import { KEEPALIVE, message, RawPeer, updateMessage } from './raw-peer.ts';

const PREFIX = '18cb0071';

test('Neighbor.disableFamily: the family is closed, the session lives, status, event and log say so', async () => {
  await using other = await scene();
  const { subject, status, port } = other;
  const peer = await (await RawPeer.connect(port, BAD)).establish();
  peer.send(updateMessage(PREFIX));
  await until(() => status().families[0]!.received === 1, 'the route');
  const log = await logOf(subject);
  // The speaker's own neighbor is nobody's to call; this one is of the same address and session.
  const [settings] = configOf(
    `{ as: 65001, router-id: 10.0.0.1, neighbors: [{ address: ${BAD}, peer-as: 65002 }] }`,
  ).neighbors;
  const neighbor = new Neighbor(subject.speaker, settings!, false);
  neighbor.index = subject.speaker.engine.ribs[0]!.received.lastIndexOf(1);
  neighbor.disableFamily(0, 'bad next hop length');
  neighbor.disableFamily(0, 'once more');
  await until(() => status().families[0]!.received === 0, 'the route is gone');
  peer.send(updateMessage(PREFIX), message(KEEPALIVE));
  await until(() => status().messagesReceived.updates === 2, 'the second UPDATE');
  expect(status()).toMatchObject({
    state: 'Established',
    families: [{ negotiated: true, received: 0, disabled: 'bad next hop length' }],
    warnings: ['ipv4-unicast is disabled until the next session: bad next hop length'],
  });
  expect(log.map(({ msg }) => msg)).toEqual([
    `ipv4-unicast disabled until the next session with ${BAD}: bad next hop length`,
  ]);
  await other.untouched();

  peer.socket.destroy();
  await until(() => status().state === 'Active', 'the session is down');
  const again = await (await RawPeer.connect(port, BAD)).establish();
  again.send(updateMessage(PREFIX));
  await until(() => status().families[0]!.received === 1, 'the route in the next session');
  expect(status().families[0]!.disabled).toBeUndefined();
});
