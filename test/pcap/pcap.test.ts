/** Captures: every file form and link layer, streams put together from any order, hostile files. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { isCapture, readCapture } from '../../src/pcap/capture.ts';
import { readConnections } from '../../src/pcap/connections.ts';
import { MAX_HELD_SEGMENTS } from '../../src/pcap/reassembly.ts';
import { EPOCH, ipPacket, LINKS, pcapFile, pcapngFile, type TcpSpec } from './build.ts';

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** What the streams of `file` give: `src>dst` with octets, gaps in brackets, `.` at the end. */
function streams(file: Uint8Array, port = 179) {
  const found = new Map<string, string>();
  const times: (number | undefined)[] = [];
  const add = (connection: number, source: string, text: string) => {
    const key = `${connection} ${source}`;
    found.set(key, (found.get(key) ?? '') + text);
  };
  const summary = readConnections(file, port, {
    data({ connection, source }, bytes, time) {
      times.push(time);
      add(connection, source.text, toHex(bytes));
    },
    gap: ({ connection, source }, count) => add(connection, source.text, `[${count}]`),
    end: ({ connection, source }) => add(connection, source.text, '.'),
  });
  return { found: Object.fromEntries(found), times, ...summary };
}

const of = (...specs: readonly TcpSpec[]) => pcapFile(specs.map(ipPacket));

describe('files', () => {
  const packets = [octets(1, 2, 3), octets(4), octets()];
  const options = [true, false].flatMap((little) =>
    [true, false].map((nano) => ({ little, nano, linkType: 1 })),
  );

  test.each(options)('pcap and pcapng: %o', (option) => {
    for (const build of [pcapFile, pcapngFile]) {
      const file = build(packets, option);
      expect(isCapture(file)).toBe(true);
      const found: unknown[] = [];
      expect(
        readCapture(file, ({ bytes, time, linkType }) => found.push([toHex(bytes), time, linkType])),
      ).toBeUndefined();
      expect(found).toEqual([
        ['010203', EPOCH, 1],
        ['04', EPOCH + 1.5, 1],
        ['', EPOCH + 3, 1],
      ]);
    }
  });

  test('pcapng: several sections may have different byte orders', () => {
    const file = octets(...pcapngFile(packets, { little: true }), ...pcapngFile(packets, { little: false }));
    let count = 0;
    expect(readCapture(file, () => count++)).toBeUndefined();
    expect(count).toBe(6);
  });

  test('pcapng: simple packet blocks have no time; unknown blocks are passed over', () => {
    const file = octets(
      ...pcapngFile([]),
      ...[3, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 7, 8, 0, 0, 20, 0, 0, 0],
      ...[99, 0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0],
    );
    const found: unknown[] = [];
    expect(readCapture(file, ({ bytes, time }) => found.push([toHex(bytes), time]))).toBeUndefined();
    expect(found).toEqual([['0708', undefined]]);
  });

  test('no capture', () => {
    expect(isCapture(octets(0xff, 0xff, 0xff, 0xff))).toBe(false);
    expect(readCapture(octets(1), () => {})).toMatchObject({ offset: 0 });
  });

  test('cut at any length: what is whole is delivered, the rest has a place and a reason', () => {
    for (const build of [pcapFile, pcapngFile]) {
      const file = build(packets);
      for (let length = 4; length < file.length; length++) {
        const problem = readCapture(file.subarray(0, length), () => {});
        if (problem !== undefined) expect(problem.offset).toBeLessThan(length);
      }
    }
  });

  test('any octets changed: never throws', () => {
    const change = fc.record({ at: fc.nat(500), octet: fc.nat(255) });
    const payload = octets(1, 2, 3, 4);
    const ip = [
      ipPacket({ sequence: 1, payload }),
      ipPacket({ sequence: 5, payload, source: '::1', destination: '::2' }),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(LINKS)),
        fc.constantFrom(pcapFile, pcapngFile),
        fc.array(change, { maxLength: 6 }),
        ([linkType, wrap], build, changes) => {
          const file = build(ip.map(wrap), { linkType });
          for (const { at, octet } of changes) file[at % file.length] = octet;
          streams(file);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('packets', () => {
  test.each(Object.keys(LINKS))('%s: IPv4 and IPv6', (name) => {
    const [linkType, wrap] = LINKS[name]!;
    const payload = octets(0xab);
    const file = pcapFile(
      [
        wrap(ipPacket({ sequence: 1, payload })),
        wrap(ipPacket({ sequence: 1, payload, source: '2001:db8::1', destination: '2001:db8::2' })),
      ],
      { linkType },
    );
    expect(streams(file).found).toMatchObject({ '0 192.0.2.1:40000': 'ab.', '1 [2001:db8::1]:40000': 'ab.' });
  });

  test('IPv6 extension headers are looked through, fragments and other protocols are counted', () => {
    const v6 = { source: '::1', destination: '::2', payload: octets(1), sequence: 1 };
    const fragment = ipPacket({ ...v6, extensions: [44] });
    fragment[43] = 1;
    const udp = ipPacket({ sequence: 1 });
    udp[9] = 17;
    const { found, skipped } = streams(
      pcapFile([
        ipPacket({ ...v6, extensions: [0, 60, 43] }),
        ipPacket({ ...v6, sequence: 2, extensions: [44] }),
        fragment,
        ipPacket({ sequence: 1, payload: octets(9), fragment: 0x2000 }),
        ipPacket({ sequence: 1, payload: octets(9), fragment: 3 }),
        udp,
        octets(0x45),
      ]),
    );
    expect(found).toMatchObject({ '0 [::1]:40000': '0101.' });
    expect(Object.fromEntries(skipped)).toEqual({ fragment: 3, 'not TCP': 1, malformed: 1 });
  });

  test('padding behind the IP packet is no payload; an unknown link type is counted', () => {
    const packet = octets(...ipPacket({ sequence: 1, payload: octets(5) }), 0, 0, 0, 0);
    expect(streams(pcapFile([packet])).found).toMatchObject({ '0 192.0.2.1:40000': '05.' });
    expect(streams(pcapFile([packet], { linkType: 147 })).skipped.get('link type')).toBe(1);
  });

  test('the port chooses', () => {
    const file = of({ sequence: 1, payload: octets(1), destinationPort: 1179 });
    expect(streams(file)).toMatchObject({ found: {}, connections: 0, packets: 1 });
    expect(streams(file, 1179).connections).toBe(1);
  });
});

describe('reassembly', () => {
  const part = (sequence: number, ...payload: number[]): TcpSpec => ({
    sequence,
    payload: octets(...payload),
  });
  const back = { source: '192.0.2.2', destination: '192.0.2.1', sourcePort: 179, destinationPort: 40000 };
  const first = (file: Uint8Array) => streams(file).found['0 192.0.2.1:40000'];

  test('both directions, with their times', () => {
    const { found, times } = streams(
      of({ sequence: 0, syn: true }, { sequence: 9, syn: true, ...back }, part(1, 1), {
        ...part(10, 2),
        ...back,
      }),
    );
    expect(found).toEqual({ '0 192.0.2.1:40000': '01.', '0 192.0.2.2:179': '02.' });
    expect(times).toEqual([EPOCH + 3, EPOCH + 4.5]);
  });

  test.each([
    ['out of order', [part(1, 1), part(3, 3), part(2, 2), part(4, 4)], '01020304.'],
    ['repeated', [part(1, 1, 2), part(1, 1, 2), part(3, 3)], '010203.'],
    ['overlapping: the first copy wins', [part(1, 1, 2), part(2, 9, 3), part(1, 8, 8, 8, 4)], '01020304.'],
    ['overlapping behind a hole', [part(1, 1), part(3, 3, 4), part(3, 9), part(2, 2)], '01020304.'],
    ['a gap', [part(1, 1), part(5, 5), part(6, 6)], '01[3]0506.'],
    ['two gaps', [part(1, 1), part(5, 5), part(9, 9)], '01[3]05[3]09.'],
    ['across the end of the sequence space', [part(0xffffffff, 1, 2), part(1, 3)], '010203.'],
    ['no SYN seen', [part(77, 1), part(78, 2)], '0102.'],
  ])('%s', (_name, specs, expected) => {
    expect(first(of(...specs))).toBe(expected);
  });

  test('the same ports again are a new connection; a repeated SYN is not', () => {
    const syn = (sequence: number): TcpSpec => ({ sequence, syn: true });
    expect(streams(of(syn(0), syn(0), part(1, 1), syn(500), part(501, 2))).found).toEqual({
      '0 192.0.2.1:40000': '01.',
      '0 192.0.2.2:179': '.',
      '1 192.0.2.1:40000': '02.',
      '1 192.0.2.2:179': '.',
    });
  });

  test('a packet that the capture cut: its rest is a gap at once', () => {
    const cut = ipPacket(part(1, 1, 2, 3, 4));
    const file = pcapFile([cut.subarray(0, cut.length - 3), ipPacket(part(5, 5))]);
    expect(first(file)).toBe('01[3]05.');
  });

  test('what waits behind a hole is bounded', () => {
    const specs = [part(1, 1)];
    for (let i = 0; i <= MAX_HELD_SEGMENTS; i++) specs.push(part(10 + i, 7));
    specs.push(part(2, 2));
    expect(first(of(...specs))).toBe(`01[8]${'07'.repeat(MAX_HELD_SEGMENTS + 1)}.`);
  });

  test('any order of segments gives the stream', () => {
    const order = fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 });
    fc.assert(
      fc.property(order, (numbers) => {
        const specs = numbers.map((i) => part(1 + i * 2, i, i, i + 1));
        const file = of({ sequence: 0, syn: true }, ...specs);
        const expected = [...Array(12).keys()].map((i) => `0${i.toString(16)}`.repeat(2)).join('');
        expect(first(file)).toBe(`${expected}0c.`);
      }),
    );
  });
});
