/** Targets: how they are written, and which of them may be attacked without a further word. */
import { expect, test } from 'vitest';
import { isPrivateAddress, parseTarget } from '../../../src/fuzz/target/address.ts';

test.each([
  ['127.0.0.1', '127.0.0.1', 179],
  ['10.0.0.1:1179', '10.0.0.1', 1179],
  ['fd00::1', 'fd00::1', 179],
  ['[FD00::1]:1179', 'fd00::1', 1179],
  ['[::1]', '::1', 179],
  ['fe80::1%eth0', 'fe80::1%eth0', 179],
  ['[fe80::1%eth0]:1179', 'fe80::1%eth0', 1179],
])('parseTarget: %s', (text, address, port) => {
  expect(parseTarget(text)).toEqual({ address, port });
});

test.each([
  '',
  'router.example.net',
  '10.0.0.1:0',
  '10.0.0.1:65536',
  '10.0.0:179',
  '[fd00::1',
  '[10.0.0.1]:x',
])('parseTarget: %s is none', (text) => {
  expect(parseTarget(text)).toBeUndefined();
});

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.7.7',
  '169.254.1.1',
  '::1',
  'fe80::1%eth0',
  'fd99::2',
  '::ffff:10.0.0.1',
])('isPrivateAddress: %s may be attacked', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each([
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.1',
  '192.167.1.1',
  '193.0.0.1',
  '0.0.0.0',
  '2001:db8::1',
  '::',
  '::2',
  '::ffff:8.8.8.8',
  'fec0::1',
])('isPrivateAddress: %s may not', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});
