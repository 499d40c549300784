/**
 * `bellhop decode`: the kinds of input, what is no BGP, sessions of a capture, text and JSON.
 *
 * Over 300 lines: most are expected output.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { main } from '../../src/cli/main.ts';
import { encodeMessage } from '../../src/wire/json.ts';
import type { CapabilityJson, MessageJson } from '../../src/wire/json-types.ts';
import { ipPacket, pcapFile, pcapngFile, type TcpSpec } from '../pcap/build.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-decode-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const MARKER = 'ff'.repeat(16);
const KEEPALIVE = `${MARKER}001304`;
const UPDATE = update(
  '40010100 400206 0201 0000fde9 400304 c0000201 c00808 fde90064 ffffff01 800404 00000005 c0c802 01ff',
  '18c63364 18cb0071',
);

async function decode(input: string | Uint8Array, ...options: string[]) {
  const file = join(directory, 'input');
  writeFileSync(file, input);
  return run([file, ...options]);
}

async function run(words: readonly string[], stdin?: Uint8Array, isTTY = false) {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY,
    write: (text: string | Uint8Array) => {
      written[name] += Buffer.from(text).toString();
    },
  });
  const code = await main(['decode', ...words], {
    stdout: output('stdout'),
    stderr: output('stderr'),
    environment: {},
    stdin: (async function* () {
      if (stdin !== undefined) yield stdin;
    })(),
  });
  return { code, ...written };
}

/** The JSON lines of the output. */
async function records(input: string | Uint8Array, ...options: string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await decode(input, '--json', ...options);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('hexadecimal lines', () => {
  test('one message per line, with comments, separators, prefix and wrapped lines', async () => {
    const spaced = KEEPALIVE.replace(/../g, '$&:').slice(0, -1);
    const text = `# two ways\n${spaced}\n\n0x${KEEPALIVE} # same\n${UPDATE.slice(0, 60)}\n  ${UPDATE.slice(60)}\n`;
    expect(await records(text)).toMatchObject([
      { line: 2, type: 'KEEPALIVE' },
      { line: 4, type: 'KEEPALIVE' },
      { line: 5, type: 'UPDATE' },
    ]);
  });

  test('what is no BGP: its place and the reason, exit code 1, and the next message is read', async () => {
    const text = `hello\n${KEEPALIVE}00\ndead\n${MARKER}001309\n${KEEPALIVE}`;
    expect(await records(text)).toMatchObject([
      { line: 1, type: 'NOT-BGP', reason: 'no hexadecimal text: "hello"' },
      { line: 2, type: 'KEEPALIVE' },
      { line: 2, type: 'NOT-BGP', offset: 19, length: 1, reason: 'no marker', hex: '00' },
      { line: 3, type: 'NOT-BGP', hex: 'dead' },
      { line: 4, type: 'INVALID', errors: [{ code: 1, subcode: 3 }] },
      { line: 5, type: 'KEEPALIVE' },
    ]);
    expect((await decode(text)).code).toBe(1);
    expect((await decode(KEEPALIVE)).code).toBe(0);
  });

  test('a malformed message was read all the same: exit code 0', async () => {
    const { code, stdout } = await decode(UPDATE.replace('40010100', '40010109'));
    expect(code).toBe(0);
    expect(stdout).toContain('treat-as-withdraw: invalid ORIGIN (origin) at octet 23, RFC 7606');
  });
});

describe('octets', () => {
  test('messages and junk, from a file and from the standard input', async () => {
    const input = fromHex(`${KEEPALIVE}010203${UPDATE}`);
    const expected = [
      { offset: 0, type: 'KEEPALIVE' },
      { offset: 19, type: 'NOT-BGP', length: 3, hex: '010203' },
      { offset: 22, type: 'UPDATE' },
    ];
    expect(await records(input)).toMatchObject(expected);
    for (const words of [['--json'], ['-', '--json', '--format', 'raw']]) {
      const { stdout, code } = await run(words, input);
      expect(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toMatchObject(expected);
      expect(code).toBe(1);
    }
  });
});

describe('options', () => {
  test('--two-octet-as, --session, --add-path, --extended-messages', async () => {
    const attributes = '40010100 400204 0201 fde9 400304 c0000201 400504 00000064';
    const message = update(attributes, '18c63364');
    expect(await records(message, '--two-octet-as')).toMatchObject([
      { disposition: 'accept', attributes: { asPath: [{ asns: [65001] }], localPref: 100 } },
    ]);
    expect(await records(message)).toMatchObject([{ errors: [{ attribute: 'asPath' }] }]);
    expect(await records(message, '--two-octet-as', '--session', 'ebgp')).toMatchObject([
      { disposition: 'attribute-discard', errors: [{ attribute: 'localPref' }] },
    ]);
    const identified = update('40010100 400200 400304 c0000201', '00000007 18c63364');
    const routes = { 'ipv4-unicast': [{ prefix: '198.51.100.0/24', pathId: 7 }] };
    for (const name of ['ipv4-unicast', 'ipv4', 'all'])
      expect(await records(identified, '--add-path', 'ipv6-unicast', '--add-path', name)).toMatchObject([
        { reach: routes },
      ]);
    const long = update('40010100 400200 400304 c0000201', '18c63364'.repeat(1100));
    expect(await records(long)).toMatchObject([{ errors: [{ code: 1, subcode: 2 }] }]);
    expect(await records(long, '--extended-messages')).toMatchObject([{ errors: [] }]);
  });

  test.each([
    [['--add-path', 'ipx'], 2, 'It must be one of all, ipv4-unicast'],
    [['--format', 'xml'], 2, 'Allowed choices are hex, raw, pcap'],
    [['--session', 'none'], 2, 'Allowed choices are ebgp, ibgp'],
    [['--port', '0'], 2, 'It must be a port number'],
    [['/nowhere/file'], 1, 'cannot read /nowhere/file'],
  ])('%j: exit code %d', async (words, code, text) => {
    const result = await run(words);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(text);
  });
});

/** An UPDATE as hexadecimal text. */
function update(attributes: string, nlri: string): string {
  const octets = fromHex(attributes);
  const routes = fromHex(nlri);
  const body = `0000${octets.length.toString(16).padStart(4, '0')}${toHex(octets)}${toHex(routes)}`;
  return `${MARKER}${(19 + body.length / 2).toString(16).padStart(4, '0')}02${body}`;
}

describe('captures', () => {
  const A = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 40000, destinationPort: 179 };
  const B = { source: '10.0.0.2', destination: '10.0.0.1', sourcePort: 179, destinationPort: 40000 };

  function open(as: number, ...capabilities: CapabilityJson[]): Uint8Array {
    const json = { type: 'OPEN', as, holdTime: 90, routerId: '10.0.0.1', capabilities };
    return encodeMessage(json as unknown as MessageJson);
  }

  /** A session: the OPENs, then one message from A. */
  function session(openA: Uint8Array, openB: Uint8Array, message: string, port = 179): TcpSpec[] {
    const a = { ...A, destinationPort: port };
    const b = { ...B, sourcePort: port };
    return [
      { ...a, sequence: 99, syn: true },
      { ...b, sequence: 499, syn: true },
      { ...a, sequence: 100, payload: openA },
      { ...b, sequence: 500, payload: openB },
      { ...a, sequence: 100 + openA.length, payload: fromHex(message) },
    ];
  }

  const AS4: CapabilityJson = { name: 'four-octet-as', value: { as: 65001 } };
  const narrow = update('40010100 400204 0201 fde9 400304 c0000201', '18c63364');

  test('src, dst and time; a session without four-octet-as has two octets', async () => {
    for (const build of [pcapFile, pcapngFile]) {
      const file = build(session(open(65001, AS4), open(65002), narrow).map(ipPacket));
      expect(await records(file)).toMatchObject([
        {
          type: 'OPEN',
          src: '10.0.0.1:40000',
          dst: '10.0.0.2:179',
          time: '2026-01-01T00:00:03.000000Z',
          offset: 0,
        },
        { type: 'OPEN', src: '10.0.0.2:179', dst: '10.0.0.1:40000', time: '2026-01-01T00:00:04.500000Z' },
        { type: 'UPDATE', attributes: { asPath: [{ asns: [65001] }] }, disposition: 'accept' },
      ]);
    }
  });

  test('four octets when both say so; eBGP and iBGP by the AS numbers', async () => {
    const wide = update('40010100 400206 0201 0000fde9 400304 c0000201 400504 00000064', '18c63364');
    const as4Of = (as: number): CapabilityJson => ({ name: 'four-octet-as', value: { as } });
    const disposition = async (as: number, ...options: string[]) => {
      const file = pcapFile(session(open(65001, AS4), open(as, as4Of(as)), wide).map(ipPacket));
      return (await records(file, ...options))[2]!['disposition'];
    };
    expect(await disposition(65001)).toBe('accept');
    expect(await disposition(65002)).toBe('attribute-discard');
    expect(await disposition(65002, '--session', 'ibgp')).toBe('accept');
    expect(await disposition(65001, '--two-octet-as')).toBe('treat-as-withdraw');
  });

  test('ADD-PATH as both sides said it, for each direction', async () => {
    const addPath = (direction: number): CapabilityJson => ({
      name: 'add-path',
      value: [{ afi: 1, safi: 1, direction }],
    });
    const identified = update('40010100 400204 0201 fde9 400304 c0000201', '00000007 18c63364');
    const reach = async (a: number, b: number, ...options: string[]) => {
      const specs = session(open(65001, addPath(a)), open(65002, addPath(b)), identified);
      return (await records(pcapFile(specs.map(ipPacket)), ...options))[2]!['reach'];
    };
    const routes = { 'ipv4-unicast': [{ prefix: '198.51.100.0/24', pathId: 7 }] };
    expect(await reach(2, 1)).toEqual(routes);
    expect(await reach(3, 3)).toEqual(routes);
    expect(await reach(1, 2)).not.toEqual(routes);
    expect(await reach(1, 2, '--add-path', 'ipv4')).toEqual(routes);
    expect(await reach(3, 3, '--add-path', 'ipv6')).not.toEqual(routes);
  });

  test('another port; none of this port', async () => {
    const file = pcapFile(session(open(65001), open(65002), narrow, 1179).map(ipPacket));
    expect(await records(file, '--port', '1179')).toHaveLength(3);
    const result = await decode(file);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('5 packets, none of TCP port 179; --port chooses another');
  });

  test('a gap: said so, and the next message is found', async () => {
    const [, , openA, openB, last] = session(open(65001), open(65002), narrow);
    const later = {
      ...A,
      sequence: last!.sequence + narrow.length / 2 + 100,
      payload: fromHex(`0000${KEEPALIVE}`),
    };
    const file = pcapFile([openA!, openB!, last!, later].map(ipPacket));
    expect((await records(file)).slice(3)).toMatchObject([
      { type: 'NOT-BGP', length: 100, reason: 'missing in the capture' },
      { type: 'NOT-BGP', length: 2, reason: 'behind 100 octets that are missing', hex: '0000' },
      { type: 'KEEPALIVE' },
    ]);
  });

  test('a file that is cut off, and fragments', async () => {
    const fragment = ipPacket({ ...A, sequence: 1, fragment: 0x2000 });
    const file = pcapFile([...session(open(65001), open(65002), narrow).map(ipPacket), fragment, fragment]);
    const { code, stdout, stderr } = await decode(file.subarray(0, file.length - 1), '--json');
    expect(code).toBe(1);
    expect(stdout).toContain('"type":"NOT-BGP"');
    expect(stderr).toBe('1 IP fragment passed over\n');
  });
});

describe('output', () => {
  const LINES = [
    KEEPALIVE,
    UPDATE,
    update('40010107 40010100 400206 0201 0000fde9 400304 c0000201', '18c63364 21'),
    update(
      '800e21 0002 01 10 20010db8000000000000000000000001 00 2020010db8 3020010db80001 40010100 400200',
      '',
    ),
    update('800f03 000201', ''),
    `${MARKER}0033 01 04 fde9 005a c0000201 16 0214 0104 0001 0001 0200 4104 0000fde9 c802 0102 4600`.replace(
      / /g,
      '',
    ),
    `${MARKER}001b 03 06 02 05 68651b6c6f`.replace(/ /g, ''),
    `${MARKER}0017 05 0002 00 01`.replace(/ /g, ''),
    'deadbeef',
  ].join('\n');

  test('text', async () => {
    expect((await decode(LINES)).stdout).toMatchSnapshot();
  });

  test('JSON', async () => {
    expect((await decode(LINES, '--json')).stdout).toMatchSnapshot();
  });

  test('colour on a terminal only, and nothing a stranger sent acts on it', async () => {
    expect((await run([], Buffer.from(KEEPALIVE), true)).stdout).toContain('\u001b[1mKEEPALIVE');
    const { stdout } = await decode(LINES);
    expect(stdout).toContain('he\ufffdlo');
    expect(stdout).not.toContain('\u001b');
  });

  test('docs/decode.md shows what comes out', async () => {
    const text = readFileSync(new URL('../../docs/decode.md', import.meta.url), 'utf8');
    const examples = [
      ...text.matchAll(
        /<!-- decode (.*?)-->\n```sh\n\$ echo (\S+) \| .*\n```\n\n```(?:json)?\n([\s\S]*?)```/g,
      ),
    ];
    expect(examples.length).toBeGreaterThan(3);
    for (const [, options, hex, shown] of examples) {
      const { stdout } = await decode(hex!, ...options!.split(' ').filter((word) => word !== ''));
      const isJson = options!.includes('--json');
      expect(isJson ? JSON.parse(stdout) : stdout.trim()).toEqual(
        isJson ? JSON.parse(shown!) : shown!.trim(),
      );
    }
  });
});
