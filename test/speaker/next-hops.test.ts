/** Which addresses of ours a peer cannot name as its next hop (RFC 4271 section 6.3). */
import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/base/address.ts';
import type { InterfaceTable } from '../../src/net/interfaces.ts';
import { ownAddresses } from '../../src/speaker/next-hops.ts';

function entry(cidr: string, internal = false) {
  const address = cidr.split('/')[0] ?? '';
  const common = { address, netmask: '', mac: '02:00:00:00:00:01', internal, cidr };
  return address.includes(':')
    ? { ...common, family: 'IPv6' as const, scopeid: 0 }
    : { ...common, family: 'IPv4' as const };
}

const TABLE: InterfaceTable = {
  lo: [entry('127.0.0.1/8', true), entry('198.51.100.1/32', true), entry('::1/128', true)],
  eth0: [entry('10.0.0.1/24'), entry('2001:db8::1/64'), entry('fe80::1/64')],
  eth1: [entry('10.1.0.1/24'), entry('fe80::2/64')],
};

function own(local: string, peer: string): readonly string[] {
  const found = ownAddresses(local, peer, TABLE);
  return [...new Set(found.map((bytes) => formatAddress(bytes, 0, bytes.length)))].sort();
}

const EVERYWHERE = ['10.0.0.1', '10.1.0.1', '127.0.0.1', '198.51.100.1', '2001:db8::1', '::1'];

describe('ownAddresses', () => {
  test('those of all interfaces, and link-local ones of the link of the session', () => {
    expect(own('10.0.0.1', '10.0.0.2')).toEqual([...EVERYWHERE, 'fe80::1'].sort());
    expect(own('10.1.0.1', '10.9.0.2')).toEqual([...EVERYWHERE, 'fe80::2'].sort());
    expect(own('fe80::2%eth1', 'fe80::9%eth1')).toEqual([...EVERYWHERE, 'fe80::2'].sort());
  });

  test('our end of the session alone when the peer runs on this host', () => {
    expect(own('10.0.0.1', '10.1.0.1')).toEqual(['10.0.0.1']);
    expect(own('127.0.0.2', '127.0.0.3')).toEqual(['127.0.0.2']);
    expect(own('::1', '::1')).toEqual(['::1']);
  });
});
