/** What people read: tables, one neighbor, routes, durations. */
import { expect, test } from 'vitest';
import { formatErrorDetails, formatErrors } from '../../../src/cli/format/errors.ts';
import { formatNeighbor } from '../../../src/cli/format/neighbor.ts';
import { count, formatDuration } from '../../../src/cli/format/quantities.ts';
import { formatRoutes } from '../../../src/cli/format/routes.ts';
import { formatNeighbors, formatSummary } from '../../../src/cli/format/summary.ts';
import { NO_PAINT, paintFor } from '../../../src/cli/terminal.ts';
import { daemonStatus, errorEntry, FakeSpeaker, neighborStatus, routeEntry } from '../../api/fake-speaker.ts';

test.each([
  [0, '00:00:00'],
  [3723.9, '01:02:03'],
  [86_400 + 4 * 3600, '1d04h'],
  [100 * 86_400, '100d'],
])('formatDuration: %d s is %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('count: singular and plural', () => {
  expect([count(1, 'path'), count(2, 'path'), count(0, 'prefix', 'prefixes')]).toEqual([
    '1 path',
    '2 paths',
    '0 prefixes',
  ]);
});

test('formatSummary: header, one line for each family, warnings below', () => {
  const speaker = new FakeSpeaker();
  const down = neighborStatus({
    address: '2001:db8::2',
    peerAs: 'external',
    state: 'Active',
    flaps: 1,
    families: [],
    warnings: ['RFC 8212: no import policy, nothing is accepted'],
    lastError: {
      time: '2026-01-01T00:00:00.000Z',
      direction: 'received',
      code: 6,
      subcode: 2,
      reason: 'Cease/administrative-shutdown',
      shutdownMessage: 'maintenance',
    },
  });
  const summary = { status: daemonStatus(speaker), neighbors: [neighborStatus(), down] };
  const text = formatSummary(summary, NO_PAINT, Date.parse('2026-01-01T00:00:10Z'));
  expect(text).toBe(`bellhop 9.9.9, AS 65001, router id 192.0.2.1
up 01:02:03, 64 MiB, event loop delay 0.1/2.5/17 ms (median/99 %/longest)
listening on 0.0.0.0:179
not listening on [::]:179: address in use
ipv4-unicast: 1 prefix, 2 paths

Neighbor           AS  State         Up/Down  Family        Rcvd  Acc  Adv  Description
192.0.2.2       65002  Established  00:01:02  ipv4-unicast    12   11    3  upstream
                                              ipv6-unicast     -    -    -
2001:db8::2  external  Active       00:00:10  -                -    -    -  upstream

! 2001:db8::2: RFC 8212: no import policy, nothing is accepted
! 2001:db8::2: no session: received Cease/administrative-shutdown (code 6, subcode 2): "maintenance", at 2026-01-01T00:00:00.000Z
`);
});

test('formatNeighbors: a neighbor that was never up says so; none at all too', () => {
  expect(formatNeighbors([neighborStatus({ state: 'Connect' })], NO_PAINT)).toContain('never');
  expect(formatNeighbors([], NO_PAINT)).toBe('No neighbors.\n');
});

test('formatNeighbor: session, capabilities of both sides, counters, last error', () => {
  const text = formatNeighbor(
    neighborStatus({
      updateErrors: { attributeDiscard: 1, treatAsWithdraw: 2, familyDisable: 0, sessionReset: 0 },
      rejectedConnections: { 'wrong AS': 3 },
      lastError: {
        time: '2026-01-01T00:00:00.000Z',
        direction: 'sent',
        code: 4,
        subcode: 0,
        reason: 'Hold Timer Expired',
        shutdownMessage: undefined,
      },
    }),
    NO_PAINT,
  );
  expect(text).toContain('  State        Established, up 00:01:02\n');
  expect(text).toContain('  Remote AS    65002 (external)\n');
  expect(text).toContain('  Connection   192.0.2.1:179 - 192.0.2.2:40312\n');
  expect(text).toContain(
    '  Last error   sent Hold Timer Expired (code 4, subcode 0), at 2026-01-01T00:00:00.000Z\n',
  );
  expect(text).toMatch(/^route-refresh +yes +yes$/m);
  expect(text).toMatch(/^four-octet-as +65001 +65002$/m);
  expect(text).toMatch(/^ipv4-unicast +yes +12 +11 +3 +received$/m);
  expect(text).toMatch(/^KEEPALIVE +7 +8$/m);
  expect(text).toContain('! Malformed UPDATEs: 1 with an attribute discarded, 2 treated as withdrawal');
  expect(text).toContain('! Rejected connections: 3 (wrong AS)');
});

test('formatNeighbor: what is special about it, and what the rules refused', () => {
  const text = formatNeighbor(
    neighborStatus({
      options: { role: 'customer, strict', 'max-prefixes': '10 received, then warn; warning at 80%' },
      refusedRoutes: { 'our own AS is in AS_PATH': 1 },
      warnings: ['no session: shut down by configuration'],
    }),
    NO_PAINT,
  );
  expect(text).toMatch(/^ {2}role +customer, strict$/m);
  expect(text).toMatch(/^ {2}max-prefixes +10 received, then warn; warning at 80%$/m);
  expect(text).toContain('! 1 route not accepted: our own AS is in AS_PATH\n');
  expect(text).toContain('! no session: shut down by configuration\n');
});

test('formatRoutes: marks, attributes in columns, origin letter behind the path', () => {
  const routes = [
    routeEntry(),
    routeEntry({ best: false, peer: '192.0.2.3', med: 10, origin: 'incomplete' }),
    routeEntry({ best: false, accepted: false, rejectReason: 'AS loop', asPath: '', origin: 'egp' }),
  ];
  expect(
    formatRoutes(routes, NO_PAINT),
  ).toBe(`*> best, * usable, x not accepted; origin: i igp, e egp, ? incomplete
    Prefix          Next hop   Peer       MED  LocPref  Path
*>  203.0.113.0/24  192.0.2.2  192.0.2.2    -      100  65002 65010 i
*   203.0.113.0/24  192.0.2.2  192.0.2.3   10      100  65002 65010 ?
x   203.0.113.0/24  192.0.2.2  192.0.2.2    -      100  e  (AS loop)
`);
  expect(formatRoutes([], NO_PAINT)).toBe('No routes.\n');
});

test('formatRoutes: details name the attributes without a column', () => {
  const text = formatRoutes(
    [
      routeEntry({
        best: false,
        lostBy: 'as-path length',
        unknown: [{ code: 99, flags: 0xc0, hex: 'beef' }],
      }),
    ],
    NO_PAINT,
    true,
  );
  expect(text).toMatch(/communities +65002:100/);
  expect(text).toMatch(/unknown attributes +99\/0xc0:beef/);
  expect(text).toMatch(/not best because of +as-path length/);
});

test('paintFor: colour on a terminal only, and not against NO_COLOR', () => {
  const terminal = { isTTY: true, write: () => true };
  expect(paintFor(terminal, {}).bad('x')).toBe('\x1b[31mx\x1b[39m');
  expect(paintFor(terminal, { NO_COLOR: '1' }).bad('x')).toBe('x');
  expect(paintFor({ write: () => true }, {}).bad('x')).toBe('x');
});

test('formatErrorDetails: what, why, and the bytes with the fault marked', () => {
  const head = 'ff '.repeat(16).trim();
  expect(formatErrorDetails([errorEntry()], NO_PAINT)).toBe(`UPDATE from 192.0.2.2 at 2026-01-02T03:04:05.678Z
  What       bad attribute length (med)
  Handling   treat-as-withdraw
  Clause     RFC 7606 section 7.4
  Code       3, subcode 5
  Attribute  med (4)
  Length     52 bytes
  Fault at   byte 43
  Session    external, 4-octet AS numbers, ipv4-unicast
      0  ${head}
     16  00 34 02 00 00 00 19 40 01 01 00 40 02 06 02 01
     32  00 00 fd ea 40 03 04 c0 00 02 02 80 04 02 01 02
                                          ^^
     48  18 cb 00 71
`);
});

test('formatErrorDetails: of a long message only the lines around the fault; what is missing is behind the end', () => {
  const bytes = `${'ff'.repeat(16)}${'00'.repeat(4080)}`;
  const long = { bytes, length: 5000, truncated: true, attribute: 'attribute 200', attributeCode: 200 };
  const text = formatErrorDetails([errorEntry({ ...long, offset: 1600, context: undefined })], NO_PAINT);
  expect(text.split('\n').filter((line) => line.includes('...'))).toHaveLength(2);
  expect(text.split('\n')).toHaveLength(1 + 8 + 2 + 17 + 1 + 1);
  expect(text).toContain('Length     5000 bytes, the first 4096 kept');
  expect(text).toContain('Attribute  attribute 200\n');
  expect(text).toContain('Session    none yet');

  const behind = formatErrorDetails([errorEntry({ ...long, offset: 4500 })], NO_PAINT);
  expect(behind).toContain('Fault at   byte 4500, behind what is kept');
  expect(behind).not.toContain('^^');

  const missing = formatErrorDetails(
    [errorEntry({ bytes: 'ff'.repeat(32), length: 32, offset: 32 })],
    NO_PAINT,
  );
  expect(missing).toContain('Fault at   the end: something is missing');
  expect(missing.endsWith(`     16  ${'ff '.repeat(16).trim()}\n         ^^\n`)).toBe(true);
});

test('formatErrors: one line for each', () => {
  const entries = [
    errorEntry({ type: undefined, length: 18, offset: 0, disposition: 'connection-closed' }),
    errorEntry(),
  ];
  expect(formatErrors(entries, NO_PAINT)).toBe(
    `Time                      Neighbor   Message  Bytes  At  Handling           What                        Clause
2026-01-02T03:04:05.678Z  192.0.2.2  -           18   0  connection-closed  bad attribute length (med)  RFC 7606 section 7.4
2026-01-02T03:04:05.678Z  192.0.2.2  UPDATE      52  43  treat-as-withdraw  bad attribute length (med)  RFC 7606 section 7.4
`,
  );
});

test('formatNeighbor: a disabled family and malformed messages stand out', () => {
  const [family] = neighborStatus().families;
  const text = formatNeighbor(
    neighborStatus({
      families: [{ ...family!, disabled: 'bad next hop length' }],
      errors: {
        attributeDiscard: 60,
        treatAsWithdraw: 3,
        familyDisable: 0,
        sessionReset: 1,
        connectionClosed: 2,
        overwritten: 2,
      },
    }),
    NO_PAINT,
  );
  expect(text).toMatch(/^ipv4-unicast +disabled /m);
  expect(text).toContain('! 66 malformed messages, 64 kept: `bellhop show errors 192.0.2.2`');
});
