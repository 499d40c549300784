/** Questions about local interfaces, on a table of our own and once on the real one. */
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { formatPrefix } from '../../src/base/prefix.ts';
import {
  type InterfaceTable,
  interfaceOfAddress,
  ipv4OfInterface,
  ipv6OfInterface,
  localSubnets,
  subnetOf,
} from '../../src/net/interfaces.ts';

function entry(cidr: string, internal = false): NetworkInterfaceInfo {
  const address = cidr.slice(0, cidr.indexOf('/'));
  const common = { address, cidr, internal, mac: '00:00:00:00:00:00', netmask: '' };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 2 } : { ...common, family: 'IPv4' };
}

const TABLE: InterfaceTable = {
  lo: [entry('127.0.0.1/8', true), entry('198.51.100.1/32', true), entry('::1/128', true)],
  eth0: [entry('10.0.0.1/8'), entry('2001:db8::1/64'), entry('fe80::a/64')],
  eth1: [entry('10.1.0.1/31'), entry('fe80::a/64')],
  down: undefined,
};

describe('subnetOf', () => {
  test.each([
    ['10.9.9.9', '10.0.0.0/8'],
    ['10.1.0.0', '10.1.0.0/31'],
    ['10.1.0.2', '10.0.0.0/8'],
    ['192.0.2.1', undefined],
    ['2001:db8::99', '2001:db8::/64'],
    ['2001:db8:1::99', undefined],
    ['fe80::b', 'fe80::/64'],
    ['fe80::b%eth1', 'fe80::/64'],
    ['fe80::b%eth9', undefined],
    ['nonsense', undefined],
  ])('%s is in %s', (address, expected) => {
    const subnet = subnetOf(address, TABLE);
    expect(subnet && formatPrefix(subnet.bytes, subnet.length)).toBe(expected);
  });
});

describe('interfaceOfAddress', () => {
  test.each([
    ['10.1.0.1', 'eth1'],
    ['10.1.0.0', undefined],
    ['::1', 'lo'],
    ['fe80::a%eth1', 'eth1'],
    ['fe80::a', 'eth0'],
    ['fe80::a%eth9', undefined],
    ['nonsense', undefined],
  ])('%s belongs to %s', (address, expected) => {
    expect(interfaceOfAddress(address, TABLE)).toBe(expected);
  });
});

test('ipv6OfInterface: the global address and the link-local one, without zone', () => {
  expect(ipv6OfInterface('eth0', TABLE)).toEqual({ global: '2001:db8::1', linkLocal: 'fe80::a' });
  expect(ipv6OfInterface('eth1', TABLE)).toEqual({ global: undefined, linkLocal: 'fe80::a' });
  expect(ipv6OfInterface('lo', TABLE)).toEqual({ global: '::1', linkLocal: undefined });
  expect(ipv6OfInterface('eth9', TABLE)).toEqual({ global: undefined, linkLocal: undefined });
});

test('ipv4OfInterface: the first address, 127.0.0.0/8 last', () => {
  expect(ipv4OfInterface('eth0', TABLE)).toBe('10.0.0.1');
  expect(ipv4OfInterface('lo', TABLE)).toBe('198.51.100.1');
  expect(ipv4OfInterface('down', TABLE)).toBeUndefined();
});

test('localSubnets: link-local addresses carry their zone, others none', () => {
  const eth0 = localSubnets(TABLE).filter((subnet) => subnet.interface === 'eth0');
  expect(eth0.map((subnet) => subnet.address)).toEqual(['10.0.0.1', '2001:db8::1', 'fe80::a%eth0']);
  expect(eth0.map((subnet) => subnet.zone)).toEqual([undefined, undefined, 'eth0']);
});

test('the real host has a loopback interface', () => {
  const name = interfaceOfAddress('127.0.0.1');
  expect(name).toBeDefined();
  expect(localSubnets().find((subnet) => subnet.interface === name)?.loopback).toBe(true);
  expect(subnetOf('127.0.0.77')).toMatchObject({ length: 8 });
});
