/** What a process says goes to the peers as it is: the AS path, and communities that would keep another route here. */
import { expect, test } from 'vitest';
import { established, run, until } from '../../speaker/fixtures.ts';
import { RawPeer, UPDATE } from '../../speaker/raw-peer.ts';

test('OwnRoute: asPathAsIs and communitiesAsIs towards an external peer', async () => {
  await using subject = await run(`
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: 127.0.0.2, peer-as: 65002, passive: true, import: accept, export: accept }
`);
  const peer = (await RawPeer.connect(subject.port, '127.0.0.2')).establish({
    as: 65002,
    routerId: '0a000002',
  });
  await until(() => established(subject, '127.0.0.2'), 'the session');
  const { ownRoutes } = subject.speaker;
  const base = { nextHop: '127.0.0.9', communities: [0xffffff01] };
  ownRoutes.announce('test', { ...base, prefix: '10.1.0.0/16' });
  ownRoutes.announce('test', { ...base, prefix: '10.2.0.0/16', communitiesAsIs: true, asPath: [65009] });
  ownRoutes.announce('test', {
    ...base,
    prefix: '10.3.0.0/16',
    communitiesAsIs: true,
    asPath: [65009],
    asPathAsIs: true,
  });
  const routes = (await peer).messages;
  const told = () =>
    routes.filter(({ type, body }) => type === UPDATE && body.length > 8).map(({ body }) => body);
  await until(() => told().length === 2, 'two routes');
  const origin = '40010100';
  const rest = '4003047f000009c00804ffffff01';
  const update = (path: string, nlri: string) => {
    const attributes = `${origin}${path}${rest}`;
    return `0000${(attributes.length / 2).toString(16).padStart(4, '0')}${attributes}${nlri}`;
  };
  expect(told().sort()).toEqual(
    [update('40020a02020000fde90000fdf1', '100a02'), update('40020602010000fdf1', '100a03')].sort(),
  );
  expect(subject.speaker.routes({ advertised: '127.0.0.2' }).map(({ prefix }) => prefix)).toEqual([
    '10.2.0.0/16',
    '10.3.0.0/16',
  ]);
});
