/** One battery for all capabilities (RFC 5492): vectors, round trip, truncation, fuzz. Each spec must have a vector. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../../src/base/bytes.ts';
import {
  CAPABILITIES,
  type Capability,
  capabilityCode,
  findCapability,
  formatCapability,
  readCapability,
  writeCapability,
} from '../../../src/wire/capabilities/index.ts';
import { anyCapability } from './arbitrary.ts';

/** Code, length and value as on the wire; the capability; its text. */
const VECTORS: readonly (readonly [hex: string, capability: Capability, text: string])[] = [
  ['01 04 0002 00 01', { name: 'multiprotocol', value: { afi: 2, safi: 1 } }, 'multiprotocol ipv6-unicast'],
  [
    '01 04 4004 00 47',
    { name: 'multiprotocol', value: { afi: 16388, safi: 71 } },
    'multiprotocol afi 16388 safi 71',
  ],
  ['02 00', { name: 'route-refresh', value: true }, 'route-refresh'],
  [
    '05 06 0001 0001 0002',
    { name: 'extended-next-hop', value: [{ afi: 1, safi: 1, nextHopAfi: 2 }] },
    'extended-next-hop ipv4-unicast via ipv6',
  ],
  [
    '05 0c 0001 0080 0002 0001 0100 0003',
    {
      name: 'extended-next-hop',
      value: [
        { afi: 1, safi: 128, nextHopAfi: 2 },
        { afi: 1, safi: 256, nextHopAfi: 3 },
      ],
    },
    'extended-next-hop ipv4-vpn via ipv6, afi 1 safi 256 via afi 3',
  ],
  ['06 00', { name: 'extended-message', value: true }, 'extended-message'],
  [
    '40 02 0078',
    {
      name: 'graceful-restart',
      value: { restarting: false, notification: false, restartTimeSeconds: 120, families: [] },
    },
    'graceful-restart 120 s',
  ],
  [
    '40 0a cfff 0001 01 80 0002 01 00',
    {
      name: 'graceful-restart',
      value: {
        restarting: true,
        notification: true,
        restartTimeSeconds: 4095,
        families: [
          { afi: 1, safi: 1, forwarding: true },
          { afi: 2, safi: 1, forwarding: false },
        ],
      },
    },
    'graceful-restart 4095 s, restarting, notification, ipv4-unicast forwarding, ipv6-unicast',
  ],
  ['41 04 fffffffe', { name: 'four-octet-as', value: { as: 4294967294 } }, 'four-octet-as 4294967294'],
  ['46 00', { name: 'enhanced-route-refresh', value: true }, 'enhanced-route-refresh'],
  [
    '03 07 0001 00 01 01 40 03',
    { name: 'orf', value: [{ afi: 1, safi: 1, types: [{ type: 64, direction: 3 }] }] },
    'orf ipv4-unicast (64 both)',
  ],
  ['09 01 03', { name: 'role', value: { role: 3 } }, 'role customer'],
  ['09 01 07', { name: 'role', value: { role: 7 } }, 'role 7'],
  ['43 02 0140', { name: 'dynamic', value: [1, 64] }, 'dynamic 1, 64'],
  [
    '45 08 0001 01 03 0002 01 04',
    {
      name: 'add-path',
      value: [
        { afi: 1, safi: 1, direction: 3 },
        { afi: 2, safi: 1, direction: 4 },
      ],
    },
    'add-path ipv4-unicast both, ipv6-unicast 4',
  ],
  [
    '47 07 0001 01 80 015180',
    { name: 'llgr', value: [{ afi: 1, safi: 1, forwarding: true, staleTimeSeconds: 86400 }] },
    'llgr ipv4-unicast 86400 s forwarding',
  ],
  [
    '49 0f 02 7231 0b 6578616d706c652e636f6d',
    { name: 'fqdn', value: { host: 'r1', domain: 'example.com' } },
    'fqdn r1.example.com',
  ],
  ['49 04 02 7231 00', { name: 'fqdn', value: { host: 'r1', domain: '' } }, 'fqdn r1'],
  [
    '4b 09 08 4652522f31302e31',
    { name: 'software-version', value: { version: 'FRR/10.1' } },
    'software-version FRR/10.1',
  ],
  [
    '4c 05 0001 01 000a',
    { name: 'paths-limit', value: [{ afi: 1, safi: 1, limit: 10 }] },
    'paths-limit ipv4-unicast 10',
  ],
  ['4d 00', { name: 'link-local-next-hop', value: true }, 'link-local-next-hop'],
  ['80 02 0102', { name: 'unknown', code: 128, value: Uint8Array.of(1, 2) }, 'unknown 128 0x0102'],
  ['83 00', { name: 'unknown', code: 131, value: new Uint8Array(0) }, 'unknown 131'],
];

/** Reads code, length and value as they stand in an OPEN. */
function read(hex: string): Capability {
  const bytes = fromHex(hex);
  expect(bytes[1]).toBe(bytes.length - 2);
  return readCapability(bytes[0]!, bytes, 2, bytes.length);
}

function write(capability: Capability): Uint8Array {
  const out = new ByteWriter(1);
  writeCapability(capability, out);
  return out.take();
}

describe('capabilities: vectors', () => {
  test.each(VECTORS)('%s', (hex, capability, text) => {
    expect(read(hex)).toEqual(capability);
    expect(toHex(write(capability))).toBe(hex.replaceAll(' ', ''));
    expect(formatCapability(capability)).toBe(text);
    expect(capabilityCode(capability)).toBe(fromHex(hex)[0]);
  });

  test('every spec has a vector, and codes and names are unique and in order', () => {
    const names = CAPABILITIES.map(({ name }) => name);
    expect(new Set(VECTORS.map(([, { name }]) => name))).toEqual(new Set([...names, 'unknown']));
    const codes = CAPABILITIES.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].toSorted((a, b) => a - b));
  });
});

describe('capabilities: malformed values count as unknown (RFC 5492 3)', () => {
  test.each([
    ['multiprotocol of 3 octets', '01 03 000100'],
    ['multiprotocol of 5 octets', '01 05 0001000100'],
    ['route refresh with content', '02 01 00'],
    ['half an extended next hop', '05 03 000100'],
    ['extended message with content', '06 02 ffff'],
    ['graceful restart of 1 octet', '40 01 00'],
    ['graceful restart with half a family', '40 04 0078 0001'],
    ['four-octet AS of 2 octets', '41 02 fde9'],
    ['enhanced route refresh with content', '46 01 00'],
    ['no family of filters', '03 00'],
    ['filters with a number too high', '03 07 0001 00 01 02 40 03'],
    ['half a family of filters', '03 04 0001 00 01'],
    ['a role of 2 octets', '09 02 0000'],
    ['half an ADD-PATH entry', '45 03 000101'],
    ['half a long-lived family', '47 06 000101800151'],
    ['no host name', '49 00'],
    ['a host name without domain', '49 03 02 7231'],
    ['a host name that overruns', '49 03 05 7231'],
    ['octets behind the domain name', '49 05 02 7231 00 00'],
    ['a version without length', '4b 00'],
    ['a version cut short', '4b 02 08 46'],
    ['half a paths limit', '4c 04 00010100'],
    ['link-local next hop with content', '4d 01 00'],
  ])('%s', (_name, hex) => {
    const bytes = fromHex(hex);
    const capability = read(hex);
    expect(capability).toEqual({ name: 'unknown', code: bytes[0], value: bytes.subarray(2) });
    expect(write(capability)).toEqual(bytes);
  });

  test('truncation of every vector at every length gives a capability and never throws', () => {
    for (const [hex] of VECTORS) {
      const bytes = fromHex(hex);
      for (let end = 2; end <= bytes.length; end++)
        expect(formatCapability(readCapability(bytes[0]!, bytes, 2, end))).not.toBe('');
    }
  });

  test('reserved bits are ignored when received and sent as 0', () => {
    expect(toHex(write(read('01 04 0001 ff 01')))).toBe('010400010001');
    expect(toHex(write(read('40 06 3078 0001 01 7f')))).toBe('4006007800010100');
  });
});

describe('capabilities: properties', () => {
  test('what is written reads back equal', () => {
    fc.assert(
      fc.property(anyCapability, (capability) => {
        const bytes = write(capability);
        expect(bytes[1]).toBe(bytes.length - 2);
        expect(readCapability(bytes[0]!, bytes, 2, bytes.length)).toEqual(capability);
      }),
    );
  });

  test('any code and any value read to something that writes again and stays the same', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 255, size: 'max' }), (code, value) => {
        const capability = readCapability(code, value, 0, value.length);
        const bytes = write(capability);
        // Text is written as it was made safe, which may take more or fewer octets.
        if (capability.name === 'fqdn' || capability.name === 'software-version') return;
        expect(bytes).toHaveLength(2 + value.length);
        expect(readCapability(code, bytes, 2, bytes.length)).toEqual(capability);
      }),
    );
  });

  test('an unknown value shares no memory with a socket chunk', () => {
    const chunk = Buffer.from(fromHex('0102'));
    const capability = readCapability(128, chunk, 0, 2);
    chunk.fill(0);
    expect(formatCapability(capability)).toBe('unknown 128 0x0102');
  });
});

describe('writeCapability', () => {
  test('refuses a value above 255 octets', () => {
    const entries = Array.from({ length: 43 }, () => ({ afi: 1, safi: 1, nextHopAfi: 2 }));
    expect(() => write({ name: 'extended-next-hop', value: entries })).toThrow('258 octets');
  });

  test('sends a restart time that has no room as the longest there is', () => {
    const value = { restarting: false, notification: false, restartTimeSeconds: 5000, families: [] };
    expect(toHex(write({ name: 'graceful-restart', value }))).toBe('40020fff');
  });
});

describe('findCapability', () => {
  const list: readonly Capability[] = [
    { name: 'four-octet-as', value: { as: 1 } },
    { name: 'route-refresh', value: true },
    { name: 'four-octet-as', value: { as: 2 } },
  ];

  test('finds the last of several (RFC 4724 3) with its type', () => {
    const as: number | undefined = findCapability(list, 'four-octet-as')?.value.as;
    expect(as).toBe(2);
  });

  test('is undefined when there is none', () => {
    expect(findCapability(list, 'graceful-restart')).toBeUndefined();
  });
});

describe('text of peers', () => {
  test('cannot drive a terminal, and what is not UTF-8 shows', () => {
    expect(formatCapability(read('4b 06 05 1b5b324aff'))).toBe('software-version \ufffd[2J\ufffd');
    expect(formatCapability(read('49 07 02 720a 03 e280ae'))).toBe('fqdn r\ufffd.\ufffd');
  });

  test('is cut at a character when it is too long to send', () => {
    const long = 'é'.repeat(100);
    expect(write({ name: 'software-version', value: { version: `x${long}` } })).toHaveLength(2 + 1 + 63);
    const names = write({ name: 'fqdn', value: { host: long, domain: long } });
    expect(names).toHaveLength(2 + 2 * 127);
  });
});
