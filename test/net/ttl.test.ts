/** TTL and minimum TTL (GTSM, RFC 5082) as the kernel sees them. */
import { afterAll, describe, expect, test } from 'vitest';
import { systemTransport } from '../../src/net/transport.ts';
import { bareTransport, connects, listening, socketOption } from './helpers.ts';

const reason = systemTransport.support().ttl ?? systemTransport.support().minimumTtl;
const IP = { ttl: { level: 0, name: 2 }, minimumTtl: { level: 0, name: 21 } };
const IPV6 = { ttl: { level: 41, name: 16 }, minimumTtl: { level: 41, name: 73 } };

afterAll(() => {
  if (reason !== undefined) process.stderr.write(`TTL tests skipped: ${reason}\n`);
});

test('support: without koffi all three name the package', () => {
  const support = bareTransport.support();
  for (const text of [support.md5, support.ttl, support.minimumTtl])
    expect(text).toContain('npm install koffi');
});

describe.skipIf(reason !== undefined).each([
  ['127.0.0.1', IP],
  ['::1', IPV6],
] as const)('over %s', (address, option) => {
  test('dial: the options are set on the socket', async () => {
    await using server = await listening(address);
    const socket = await systemTransport.dial({ address, port: server.port, ttl: 7, minimumTtl: 3 })
      .connected;
    expect(socketOption(socket, option.ttl)).toBe(7);
    expect(socketOption(socket, option.minimumTtl)).toBe(3);
    socket.destroy();
  });

  test('dial: a peer that demands 255 is reached with a TTL of 255, since listeners answer with it', async () => {
    await using server = await listening(address);
    const dial = systemTransport.dial({ address, port: server.port, ttl: 255, minimumTtl: 255 });
    expect(await connects(dial)).toBe(true);
  });

  test('dial: a minimum TTL drops a listener that answers with 64', async () => {
    await using server = await listening(address, bareTransport);
    const dial = systemTransport.dial({ address, port: server.port, minimumTtl: 255 });
    expect(await connects(dial)).toBe(false);
  });

  test('apply: sets what is given and gives the rest back to the system', async () => {
    await using server = await listening(address);
    const socket = await systemTransport.dial({ address, port: server.port }).connected;
    const peer = await server.next();
    expect(socketOption(peer, option.ttl)).toBe(255);
    systemTransport.apply(peer, {});
    expect(socketOption(peer, option.ttl)).toBe(64);
    systemTransport.apply(peer, { ttl: 1, minimumTtl: 255 });
    expect(socketOption(peer, option.ttl)).toBe(1);
    expect(socketOption(peer, option.minimumTtl)).toBe(255);
    socket.destroy();
    peer.destroy();
    systemTransport.apply(peer, { ttl: 1 });
  });

  test.each([
    [255, true],
    [64, false],
  ])('apply: with minimum TTL 255, data sent with TTL %d arrives: %s', async (ttl, arrives) => {
    await using server = await listening(address);
    const socket = await systemTransport.dial({ address, port: server.port, ttl }).connected;
    const peer = await server.next();
    systemTransport.apply(peer, { minimumTtl: 255 });
    let received = '';
    peer.on('data', (chunk) => {
      received += chunk;
    });
    socket.write('open');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(received).toBe(arrives ? 'open' : '');
    socket.destroy();
    peer.destroy();
  });
});

test('apply without koffi: nothing to do without options, UNSUPPORTED with one', async () => {
  await using server = await listening('127.0.0.1', bareTransport);
  const socket = await bareTransport.dial({ address: '127.0.0.1', port: server.port }).connected;
  const peer = await server.next();
  bareTransport.apply(peer, { md5Key: 'the listener has it' });
  expect(() => bareTransport.apply(peer, { ttl: 1 })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED' }),
  );
  socket.destroy();
  peer.destroy();
});
