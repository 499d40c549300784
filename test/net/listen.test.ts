/** Listening on loopback: addresses, failure texts, closing. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { systemTransport } from '../../src/net/transport.ts';
import { bareTransport, connects, listening } from './helpers.ts';

test('listen: 0.0.0.0 and :: share a port, each with its own version', async () => {
  await using four = await listening('0.0.0.0');
  const versions: (string | undefined)[] = [];
  const six = await systemTransport.listen('::', four.port, (socket) => {
    versions.push(socket.remoteFamily);
    socket.destroy();
  });
  expect(six.port).toBe(four.port);
  expect(await connects(systemTransport.dial({ address: '::1', port: six.port }))).toBe(true);
  expect(await connects(systemTransport.dial({ address: '127.0.0.1', port: four.port }))).toBe(true);
  expect((await four.next()).remoteAddress).toBe('127.0.0.1');
  expect(versions).toEqual(['IPv6']);
  await six.close();
});

test('listen: a port in use is LISTEN_FAILED and says how to find the holder', async () => {
  await using first = await listening('127.0.0.1');
  await expect(systemTransport.listen('127.0.0.1', first.port, () => {})).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringMatching(/127\.0\.0\.1 port \d+: another program has this port.*ss -ltnp/),
  });
});

test.each([
  ['203.0.113.9', 0, 'no interface of this host has this address'],
  ['fe80::1%nowhere0', 0, 'needs an interface that is up'],
  ['localhost', 0, 'not an IP address'],
  ['127.0.0.1', 70_000, 'port'],
])('listen: %s port %d is LISTEN_FAILED', async (address, port, text) => {
  await expect(systemTransport.listen(address, port, () => {})).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringContaining(text),
  });
});

test('close: the port is free at once and accepted sockets live on', async () => {
  const server = await listening('127.0.0.1');
  const socket = await systemTransport.dial({ address: '127.0.0.1', port: server.port }).connected;
  const peer = await server.next();
  await server.listener.close();
  await server.listener.close();
  const again = createServer();
  await new Promise<void>((resolve, reject) => {
    again.once('error', reject);
    again.listen(server.port, '127.0.0.1', resolve);
  });
  again.close();
  expect(peer.destroyed).toBe(false);
  peer.write('still here');
  const [data] = await new Promise<[Buffer]>((resolve) => socket.once('data', (chunk) => resolve([chunk])));
  expect(String(data)).toBe('still here');
  server.listener.setKeys([]);
  socket.destroy();
  peer.destroy();
});

test('setKeys without koffi: UNSUPPORTED with a key of this version, nothing to do without', async () => {
  await using server = await listening('127.0.0.1', bareTransport);
  server.listener.setKeys([]);
  server.listener.setKeys([{ from: '2001:db8::1', md5Key: 'other version' }]);
  expect(() => server.listener.setKeys([{ from: '192.0.2.1', md5Key: 'secret' }])).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('koffi') }),
  );
});
