/** AFI/SAFI-disable (RFC 7606 section 2): one family is closed for the session, which lives on. */
import { expect, test } from 'vitest';
import { BAD, scene } from './bystander.ts';
import { logOf, until } from './fixtures.ts';
import { message, RawPeer, UPDATE, updateMessage } from './raw-peer.ts';

const PREFIX = '18cb0071';
/** IPv4 and IPv6 unicast, 4-octet AS 65002. */
const BOTH = { capabilities: '0104000100010104000200014104' + '0000fdea' };
const HOP = '20010db8000000000000000000000001';

/** An UPDATE with MP_REACH_NLRI of IPv6 unicast: next hop and NLRI as given, ORIGIN and AS_PATH as they should be. */
function reach6(nextHop: string, nlri: string): string {
  const value = `000201${length(nextHop)}${nextHop}00${nlri}`;
  const attributes = `800e${length(value)}${value}40010100400206020100${'00fdea'}`;
  return message(UPDATE, `0000${(attributes.length / 2).toString(16).padStart(4, '0')}${attributes}`);
}

function length(hex: string): string {
  return (hex.length / 2).toString(16).padStart(2, '0');
}

test.each([
  ['a next hop of 5 octets', reach6('2001000000', '2020010db8'), 'optional attribute error (mpReach)'],
  ['a prefix of 129 bits', reach6(HOP, `81${'20'.repeat(17)}`), 'invalid prefix (mpReach)'],
])('Speaker: %s closes IPv6, IPv4 lives on', async (_name, bad, reason) => {
  await using other = await scene({}, ', families: [ipv4-unicast, ipv6-unicast]');
  const { subject, status, port } = other;
  const received = () => status().families.map((family) => family.received);
  const peer = await (await RawPeer.connect(port, BAD)).establish(BOTH);
  const log = await logOf(subject);
  peer.send(updateMessage(PREFIX), reach6(HOP, '2020010db8'));
  await until(() => received().join() === '1,1', 'a route of each family');

  peer.send(bad);
  await until(() => received().join() === '1,0', 'the IPv6 route is gone');
  peer.send(reach6(HOP, '2020010db8'), updateMessage('18c63364'));
  await until(() => received().join() === '2,0', 'IPv4 goes on, IPv6 is ignored');
  expect(peer.notifications).toEqual([]);
  expect(status()).toMatchObject({
    state: 'Established',
    families: [{ family: 'ipv4-unicast' }, { family: 'ipv6-unicast', disabled: reason }],
    updateErrors: { familyDisable: 1, sessionReset: 0 },
    warnings: [`ipv6-unicast is disabled until the next session: ${reason}`],
  });
  expect(subject.speaker.errors(BAD)).toMatchObject([
    { disposition: 'disable-family', attribute: 'mpReach' },
  ]);
  expect(log.map(({ msg }) => msg)).toEqual([
    `ipv6-unicast disabled until the next session with ${BAD}: ${reason}`,
  ]);
  await other.untouched();

  peer.socket.destroy();
  await until(() => status().state === 'Active', 'the session is down');
  const again = await (await RawPeer.connect(port, BAD)).establish(BOTH);
  again.send(reach6(HOP, '2020010db8'));
  await until(() => received().join() === '0,1', 'the route in the next session');
});

test('Speaker: the only family of a session is not closed, the session ends', async () => {
  await using other = await scene({}, ', families: [ipv6-unicast]');
  const peer = await (await RawPeer.connect(other.port, BAD)).establish({
    capabilities: '0104000200014104' + '0000fdea',
  });
  peer.send(reach6(HOP, `81${'20'.repeat(17)}`));
  await peer.closed;
  expect(peer.notifications).toEqual(['030a']);
});
