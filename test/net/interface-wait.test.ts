/** Links of a container, counted in a directory like /sys/class/net, and waited for on virtual time. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countLinks, waitForInterfaces } from '../../src/net/interface-wait.ts';
import { ManualClock } from '../speaker/manual-clock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-links-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function add(name: string, { type = 1, flags = '0x1003', address = 'aa:c1:ab:00:00:01' } = {}): void {
  mkdirSync(join(directory, name));
  for (const [file, value] of Object.entries({ type, flags, address }))
    writeFileSync(join(directory, name, file), `${value}\n`);
}

test('countLinks: Ethernet that is up, without the management network and what every namespace has', () => {
  add('lo', { type: 772, flags: '0x49', address: '00:00:00:00:00:00' });
  add('eth0');
  add('tunl0', { type: 768, flags: '0x80', address: '0.0.0.0' });
  add('gretap0', { flags: '0x1003', address: '00:00:00:00:00:00' });
  add('eth1', { flags: '0x1002' });
  writeFileSync(join(directory, 'bonding_masters'), '');
  expect(countLinks(directory)).toBe(0);
  add('eth2');
  add('e1-1');
  expect(countLinks(directory)).toBe(2);
  expect(countLinks(join(directory, 'nowhere'))).toBe(0);
});

test('waitForInterfaces: resolves as soon as the last link is there', async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  let links = 1;
  let found: number | undefined;
  void waitForInterfaces({ count: 3, signal, clock, links: () => links }).then((count) => {
    found = count;
  });
  await clock.advance(10_000);
  expect(found).toBeUndefined();
  links = 3;
  await clock.advance(100);
  expect(found).toBe(3);
});

test('waitForInterfaces: gives up on the rest after a minute, or when it is ended', async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const options = { count: 2, signal: controller.signal, clock, links: () => 1 };
  const found: number[] = [];
  void waitForInterfaces(options).then((count) => found.push(count));
  await clock.advance(59_000);
  expect(found).toEqual([]);
  await clock.advance(1_000);
  expect(found).toEqual([1]);

  void waitForInterfaces(options).then((count) => found.push(count));
  controller.abort();
  await clock.advance(0);
  expect(found).toEqual([1, 1]);
});
