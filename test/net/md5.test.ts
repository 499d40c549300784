/** TCP MD5 signatures (RFC 2385) between real sockets: only the right key gets an answer. */
import { afterAll, describe, expect, test } from 'vitest';
import { systemTransport } from '../../src/net/transport.ts';
import type { DialTarget, ListenKey } from '../../src/net/types.ts';
import { connects, failureOf, listening } from './helpers.ts';

const reason = systemTransport.support().md5;

afterAll(() => {
  if (reason !== undefined) process.stderr.write(`MD5 tests skipped: ${reason}\n`);
});

function tryKey(
  port: number,
  md5Key: string | undefined,
  target: Partial<DialTarget> = {},
): Promise<boolean> {
  const key = md5Key === undefined ? {} : { md5Key };
  return connects(systemTransport.dial({ address: '127.0.0.1', port, ...key, ...target }));
}

test.runIf(reason !== undefined)('md5: not supported here, and the dial says why', async () => {
  const dial = systemTransport.dial({ address: '127.0.0.1', port: 1, md5Key: 'secret' });
  await expect(dial.connected).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  expect(await failureOf(dial)).toContain(reason);
});

describe.skipIf(reason !== undefined)('md5', () => {
  test.each([['127.0.0.1'], ['::1']])(
    '%s: the right key connects, a wrong or missing one never',
    async (address) => {
      await using server = await listening(address);
      server.listener.setKeys([{ from: address, md5Key: 'secret' }]);
      expect(await tryKey(server.port, 'secret', { address })).toBe(true);
      expect(await tryKey(server.port, 'Secret', { address })).toBe(false);
      expect(await tryKey(server.port, undefined, { address })).toBe(false);
    },
  );

  test('a dial with a key gets no answer from a listener without one, and the text says what to suspect', async () => {
    await using server = await listening('127.0.0.1');
    const dial = systemTransport.dial({ address: '127.0.0.1', port: server.port, md5Key: 'secret' });
    setTimeout(() => dial.abort(), 100);
    expect(await failureOf(dial)).toContain('perhaps the TCP MD5 keys differ');
  });

  test('a key of 80 bytes works', async () => {
    const key = 'é'.repeat(40);
    await using server = await listening('127.0.0.1');
    server.listener.setKeys([{ from: '127.0.0.1', md5Key: key }]);
    expect(await tryKey(server.port, key)).toBe(true);
    expect(await tryKey(server.port, key.slice(1))).toBe(false);
  });

  test('the key of a range holds for each address in it and for no other', async () => {
    await using server = await listening('127.0.0.1');
    server.listener.setKeys([{ from: '127.0.1.0/24', md5Key: 'range' }]);
    for (const localAddress of ['127.0.1.1', '127.0.1.2', '127.0.1.255']) {
      expect(await tryKey(server.port, 'range', { localAddress })).toBe(true);
      expect(await tryKey(server.port, undefined, { localAddress })).toBe(false);
    }
    expect(await tryKey(server.port, undefined, { localAddress: '127.0.2.1' })).toBe(true);
    expect(await tryKey(server.port, 'range', { localAddress: '127.0.2.1' })).toBe(false);
  });

  test.each([['::/0'], ['::1/128']])('IPv6 range %s', async (from) => {
    await using server = await listening('::1');
    server.listener.setKeys([{ from, md5Key: 'range' }]);
    expect(await tryKey(server.port, 'range', { address: '::1' })).toBe(true);
    expect(await tryKey(server.port, undefined, { address: '::1' })).toBe(false);
  });

  test('the longest prefix wins over the range around it', async () => {
    await using server = await listening('127.0.0.1');
    server.listener.setKeys([
      { from: '127.0.1.7', md5Key: 'own' },
      { from: '127.0.1.0/24', md5Key: 'range' },
      { from: '0.0.0.0/0', md5Key: 'all' },
    ]);
    expect(await tryKey(server.port, 'own', { localAddress: '127.0.1.7' })).toBe(true);
    expect(await tryKey(server.port, 'range', { localAddress: '127.0.1.7' })).toBe(false);
    expect(await tryKey(server.port, 'range', { localAddress: '127.0.1.8' })).toBe(true);
    expect(await tryKey(server.port, 'all', { localAddress: '127.0.3.1' })).toBe(true);
  });

  test('setKeys: change, addition and removal take effect, for addresses and ranges', async () => {
    await using server = await listening('127.0.0.1');
    const set = (...keys: ListenKey[]): void => server.listener.setKeys(keys);
    set({ from: '127.0.0.1', md5Key: 'old' }, { from: '127.0.1.0/24', md5Key: 'range' });
    set({ from: '127.0.0.1', md5Key: 'new' });
    expect(await tryKey(server.port, 'old')).toBe(false);
    expect(await tryKey(server.port, 'new')).toBe(true);
    expect(await tryKey(server.port, undefined, { localAddress: '127.0.1.1' })).toBe(true);
    set();
    expect(await tryKey(server.port, undefined)).toBe(true);
    set();
  });

  test('setKeys: an open connection outlives the change of its key', async () => {
    await using server = await listening('127.0.0.1');
    server.listener.setKeys([{ from: '127.0.0.1', md5Key: 'old' }]);
    const dial = systemTransport.dial({ address: '127.0.0.1', port: server.port, md5Key: 'old' });
    const socket = await dial.connected;
    const peer = await server.next();
    server.listener.setKeys([{ from: '127.0.0.1', md5Key: 'new' }]);
    peer.write('hello');
    const data = await new Promise((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    expect(data).toBe('hello');
    socket.destroy();
    peer.destroy();
  });

  test('setKeys: keys of the other IP version are skipped', async () => {
    await using server = await listening('127.0.0.1');
    server.listener.setKeys([{ from: '2001:db8::/32', md5Key: 'six' }]);
    expect(await tryKey(server.port, undefined)).toBe(true);
  });

  test.each<[string, ListenKey[], string]>([
    ['text that is no address', [{ from: 'router', md5Key: 'k' }], 'INVALID_ARGUMENT'],
    ['a key too long', [{ from: 'fe80::1', md5Key: 'k'.repeat(81) }], 'INVALID_ARGUMENT'],
    [
      'one link-local address on two interfaces with two keys',
      [
        { from: 'fe80::1%eth0', md5Key: 'a' },
        { from: 'fe80::1%eth1', md5Key: 'b' },
      ],
      'UNSUPPORTED',
    ],
  ])('setKeys: %s is an error', async (_name, keys, code) => {
    await using server = await listening('::1');
    expect(() => server.listener.setKeys(keys)).toThrow(expect.objectContaining({ code }));
  });

  test('setKeys: the limit of the kernel is LIMIT_REACHED and names the sysctl; what was set can be removed', async () => {
    await using server = await listening('127.0.0.1');
    const many = Array.from({ length: 40_000 }, (_, i) => ({
      from: `10.0.${i >> 8}.${i & 255}`,
      md5Key: 'k',
    }));
    expect(() => server.listener.setKeys(many)).toThrow(
      expect.objectContaining({ code: 'LIMIT_REACHED', message: expect.stringContaining('optmem_max') }),
    );
    server.listener.setKeys([{ from: '127.0.0.1', md5Key: 'secret' }]);
    expect(await tryKey(server.port, 'secret')).toBe(true);
  });
});
