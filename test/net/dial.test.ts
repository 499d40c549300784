/** Outgoing connections on loopback: success, failure texts, abort, and no descriptor left behind. */
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { localSubnets } from '../../src/net/interfaces.ts';
import { systemTransport } from '../../src/net/transport.ts';
import type { DialTarget } from '../../src/net/types.ts';
import { bareTransport, connects, failureOf, listening, openDescriptors, settle } from './helpers.ts';

const NATIVE = { ttl: 64, minimumTtl: 1 };

describe.each([
  ['plain', {}],
  ['native', NATIVE],
])('dial, %s socket', (_name, options) => {
  test.each([['127.0.0.1'], ['::1']])('bytes flow both ways over %s', async (address) => {
    await using server = await listening(address);
    const dial = systemTransport.dial({ address, port: server.port, ...options });
    const socket = await dial.connected;
    const peer = await server.next();
    socket.write('ping');
    expect(String((await once(peer, 'data'))[0])).toBe('ping');
    peer.end('pong');
    expect(String((await once(socket, 'data'))[0])).toBe('pong');
    await once(socket, 'end');
    socket.destroy();
  });

  test('connects from localAddress', async () => {
    await using server = await listening('127.0.0.1');
    const dial = systemTransport.dial({
      address: '127.0.0.1',
      port: server.port,
      localAddress: '127.0.9.1',
      ...options,
    });
    const socket = await dial.connected;
    expect(socket.localAddress).toBe('127.0.9.1');
    expect((await server.next()).remoteAddress).toBe('127.0.9.1');
    socket.destroy();
  });

  test('refused: the text names the reason and the peer', async () => {
    const dial = systemTransport.dial({ address: '127.0.0.1', port: 1, ...options });
    expect(await failureOf(dial)).toBe('cannot connect to 127.0.0.1 port 1: connection refused');
  });

  test('a local address of nobody: the text names it', async () => {
    const dial = systemTransport.dial({
      address: '127.0.0.1',
      port: 1,
      localAddress: '203.0.113.9',
      ...options,
    });
    expect(await failureOf(dial)).toContain('no interface of this host has the local address 203.0.113.9');
  });

  test('a zone of nobody: the text names the interface', async () => {
    const dial = systemTransport.dial({ address: 'fe80::1%nowhere0', port: 1, ...options });
    expect(await failureOf(dial)).toContain('the interface nowhere0 does not exist');
  });

  test('abort: rejects once, and again does nothing', async () => {
    const dial = systemTransport.dial({ address: '127.0.0.1', port: 1, ...options });
    dial.abort();
    dial.abort();
    expect(await failureOf(dial)).toContain('given up before it was answered');
  });

  test('abort: leaves a connected socket alone', async () => {
    await using server = await listening('127.0.0.1');
    const dial = systemTransport.dial({ address: '127.0.0.1', port: server.port, ...options });
    const socket = await dial.connected;
    dial.abort();
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  test.each<[string, Partial<DialTarget>, (attempt: number) => boolean]>([
    ['refused', {}, () => false],
    ['aborted at once', {}, () => true],
    ['without local address', { localAddress: '203.0.113.9' }, () => false],
    ['with an impossible port', { port: 70_000 }, () => false],
  ])('1,000 dials %s leave no descriptor open', async (_case, change, abort) => {
    const dialOnce = (attempt: number): Promise<string> => {
      const dial = systemTransport.dial({ address: '127.0.0.1', port: 1, ...options, ...change });
      if (abort(attempt)) dial.abort();
      return failureOf(dial);
    };
    await dialOnce(0);
    await settle();
    const before = openDescriptors();
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 100 }, (_, i) => dialOnce(i)));
    await settle();
    expect(openDescriptors()).toBe(before);
  });
});

test('dial: 1,000 connections aborted in flight leave no descriptor open', async () => {
  // A signed SYN to a listener without keys is dropped: the attempt hangs until it is given up.
  const md5 = systemTransport.support().md5 === undefined ? { md5Key: 'nobody has this' } : {};
  await using server = await listening('127.0.0.1');
  const before = openDescriptors();
  for (let round = 0; round < 10; round++) {
    const dials = Array.from({ length: 100 }, () =>
      systemTransport.dial({ address: '127.0.0.1', port: server.port, ...md5 }),
    );
    const ends = dials.map(async (dial) => {
      await dial.connected.then(
        (socket) => socket.destroy(),
        () => {},
      );
    });
    await settle();
    for (const dial of dials) dial.abort();
    await Promise.all(ends);
  }
  await settle();
  for (let round = 0; round < 1_000 && md5.md5Key === undefined; round++) (await server.next()).destroy();
  expect(openDescriptors()).toBe(before);
});

describe('dial: what is wrong with the target is said before anything is opened', () => {
  test.each<[Partial<DialTarget>, string, string]>([
    [{ address: 'router.example' }, 'INVALID_ARGUMENT', 'not an IP address: router.example'],
    [{ localAddress: '::1' }, 'INVALID_ARGUMENT', 'not an IPv4 address'],
    [{ ttl: 0 }, 'INVALID_ARGUMENT', 'from 1 to 255'],
    [{ ttl: 256 }, 'INVALID_ARGUMENT', 'from 1 to 255'],
    [{ minimumTtl: 1.5 }, 'INVALID_ARGUMENT', 'from 1 to 255'],
    [{ md5Key: '' }, 'INVALID_ARGUMENT', 'must not be empty'],
    [{ md5Key: 'é'.repeat(41) }, 'INVALID_ARGUMENT', 'at most 80 bytes'],
  ])('%o', async (change, code, text) => {
    if (change.md5Key !== undefined && systemTransport.support().md5 !== undefined) return;
    const before = openDescriptors();
    const dial = systemTransport.dial({ address: '127.0.0.1', port: 1, ...change });
    await expect(dial.connected).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
    expect(openDescriptors()).toBe(before);
  });
});

describe('dial without koffi', () => {
  test('connects when no option needs it', async () => {
    await using server = await listening('127.0.0.1', bareTransport);
    expect(await connects(bareTransport.dial({ address: '127.0.0.1', port: server.port }))).toBe(true);
  });

  test.each([
    [{ md5Key: 'secret' }, 'cannot set TCP MD5: '],
    [{ ttl: 1 }, 'cannot set a TTL: '],
    [{ minimumTtl: 255 }, 'cannot set a minimum TTL: '],
  ])('%o: UNSUPPORTED, naming the package', async (options, text) => {
    const dial = bareTransport.dial({ address: '127.0.0.1', port: 1, ...options });
    dial.abort();
    await expect(dial.connected).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(await failureOf(dial)).toContain(text);
    expect(await failureOf(dial)).toContain('optional package koffi, which is not installed');
  });
});

const linkLocal = localSubnets().find((subnet) => subnet.zone !== undefined);

test.skipIf(linkLocal === undefined)('dial and listen: link-local addresses with their zone', async () => {
  const address = linkLocal?.address ?? '';
  await using server = await listening(address);
  for (const options of [{}, NATIVE]) {
    const dial = systemTransport.dial({ address, localAddress: address, port: server.port, ...options });
    const socket = await dial.connected;
    expect((await server.next()).remoteAddress).toBe(address);
    socket.destroy();
  }
});
