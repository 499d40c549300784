/**
 * `bellhop demo`: two speakers in one process, each with a real configuration, that peer over loopback and exchange
 * IPv4 and IPv6 routes. Speaker A also announces an address for as long as a small service is healthy, which one key
 * or request breaks. On a terminal a screen that follows all that, elsewhere a report whenever something changes.
 */
import { createServer } from 'node:net';
import { BellhopError } from './base/errors.ts';
import { formatRoutes } from './cli/format/routes.ts';
import { formatNeighbors } from './cli/format/summary.ts';
import { formatVips } from './cli/format/vips.ts';
import { type Output, type Paint, paintFor, type Terminal } from './cli/terminal.ts';
import { VERSION } from './cli/version.ts';
import { formatDiagnostic } from './config/diagnostic.ts';
import { parseConfig } from './config/load.ts';
import type { Config } from './config/types.ts';
import { type DemoService, startDemoService } from './demo-service.ts';
import type { SpeakerEvent } from './speaker/events.ts';
import { Speaker } from './speaker/speaker.ts';
import type { VipEvent } from './vip/events.ts';
import { Vips } from './vip/vips.ts';

const ADDRESS_A = '127.0.0.1';
const ADDRESS_B = '127.0.0.2';

const SCREEN_MILLISECONDS = 500;
const REPORT_MILLISECONDS = 200;
const EVENTS_SHOWN = 6;

export interface DemoOptions {
  readonly terminal: Terminal;
  /** Ends the demo after so many seconds; undefined: a signal does. */
  readonly seconds: number | undefined;
}

interface Side {
  readonly title: string;
  readonly speaker: Speaker;
  readonly vips: Vips;
}

/** Runs the demo to its end. Resolves with exit code 0, or 1 when the given time was over before both had routes. */
export async function runDemo({ terminal, seconds }: DemoOptions): Promise<number> {
  const port = await freePort();
  const service = await startDemoService();
  const sides: Side[] = [
    side('Speaker A, AS 65001', configOf(configA(port, service.url), 'demo-a.yaml')),
    side('Speaker B, AS 65002', configOf(configB(port), 'demo-b.yaml')),
  ];
  const events: string[] = [];
  const tell = (title: string, text: string | undefined): void => {
    if (text === undefined) return;
    events.push(`${new Date().toLocaleTimeString('en-GB')}  ${title.slice(0, 9)}  ${text}`);
    if (events.length > EVENTS_SHOWN) events.shift();
  };
  for (const { title, speaker, vips } of sides) {
    speaker.subscribe((event) => tell(title, eventText(event)));
    vips.subscribe((event) => tell(title, vipEventText(event)));
  }
  const end = untilEnd(seconds);
  const paint = paintFor(terminal.stdout, terminal.environment);
  const text = () => demoText(sides, service, events, paint);
  const { stdout } = terminal;
  const stopKeys = service.listenForKey();
  const stopView = stdout.isTTY === true ? showScreen(stdout, text) : report(stdout, sides, text);
  let complete = false;
  try {
    for (const { speaker, vips } of sides) {
      await speaker.start();
      await vips.start();
    }
    await end;
    complete = isComplete(sides);
  } finally {
    stopView();
    stopKeys();
    await Promise.all(sides.map(({ vips }) => vips.stop('the demo is over')));
    await Promise.all(sides.map(({ speaker }) => speaker.stop('the demo is over')));
    service.close();
  }
  return complete || seconds === undefined ? 0 : 1;
}

/** Configuration of the first speaker, as a user would write it. */
function configA(port: number, serviceUrl: string): string {
  return `
as: 65001
router-id: 192.0.2.1
listen: ['${ADDRESS_A}:${port}']
neighbors:
  - address: ${ADDRESS_B}
    description: speaker B
    peer-as: 65002
    port: ${port}
    local-address: ${ADDRESS_A}
    connect-retry: 1s
    idle-hold-time: 1s
    families: [ipv4-unicast, ipv6-unicast]
    next-hop: [${ADDRESS_A}, '2001:db8:ffff::1']
    import: accept
    export: accept
networks:
  - prefix: 192.0.2.0/24
    communities: ['65001:100']
  - prefix: 198.51.100.0/25
    med: 50
    communities: ['65001:100', '65001:200']
    large-communities: ['65001:1:1']
  - prefix: 2001:db8:a::/48
    communities: ['65001:100']
vips:
  - name: web
    addresses: [192.0.2.80]
    checks:
      - { http: '${serviceUrl}', expect-body: ok, interval: 300ms, fast-interval: 300ms, timeout: 200ms, rise: 2, fall: 2 }
`;
}

/** Configuration of the second speaker. */
function configB(port: number): string {
  return `
as: 65002
router-id: 192.0.2.2
listen: ['${ADDRESS_B}:${port}']
neighbors:
  - address: ${ADDRESS_A}
    description: speaker A
    peer-as: 65001
    port: ${port}
    local-address: ${ADDRESS_B}
    connect-retry: 1s
    idle-hold-time: 1s
    families: [ipv4-unicast, ipv6-unicast]
    next-hop: [${ADDRESS_B}, '2001:db8:ffff::2']
    import: accept
    export: accept
networks:
  - prefix: 203.0.113.0/24
    communities: ['65002:100']
  - prefix: 198.51.100.128/25
    origin: incomplete
  - prefix: 2001:db8:b::/48
    large-communities: ['65002:1:1']
`;
}

function configOf(yaml: string, file: string): Config {
  const parsed = parseConfig(yaml, file);
  if (parsed.ok) return parsed.config;
  const errors = parsed.errors.map((error) => formatDiagnostic(error, 'error'));
  throw new BellhopError('CONFIG_INVALID', errors.join('\n'));
}

function side(title: string, config: Config): Side {
  const speaker = new Speaker(config, { version: VERSION });
  return { title, speaker, vips: new Vips(speaker, config) };
}

/** A port that is free on both addresses. */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = await bind(ADDRESS_A, 0);
    try {
      return await bind(ADDRESS_B, port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw new BellhopError(
        'LISTEN_FAILED',
        `the demo needs the address ${ADDRESS_B} (on macOS: sudo ifconfig lo0 alias ${ADDRESS_B} up)`,
        { cause: error },
      );
    }
  }
  throw new BellhopError('LISTEN_FAILED', `no port is free on both ${ADDRESS_A} and ${ADDRESS_B}`);
}

/** Binds the port for a moment; resolves with its number. */
function bind(address: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(port, address, () => {
    const bound = server.address();
    server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : port));
  });
  return promise;
}

function untilEnd(seconds: number | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.on('SIGINT', () => resolve());
  process.on('SIGTERM', () => resolve());
  if (seconds !== undefined) setTimeout(resolve, seconds * 1000).unref();
  return promise;
}

/** Redraws the screen twice a second on the terminal's second screen, and leaves the last picture behind. */
function showScreen(output: Output, text: () => string): () => void {
  const draw = (): void => {
    const lines = text()
      .split('\n')
      .slice(0, (output.rows ?? 50) - 1);
    output.write(`\x1b[H${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
  };
  output.write('\x1b[?1049h\x1b[?25l');
  draw();
  const timer = setInterval(draw, SCREEN_MILLISECONDS);
  return () => {
    clearInterval(timer);
    output.write(`\x1b[?25h\x1b[?1049l${text()}`);
  };
}

/** Writes the text whenever sessions or routes have changed since the last time. */
function report(output: Output, sides: readonly Side[], text: () => string): () => void {
  let last = '';
  const write = (): void => {
    const present = fingerprint(sides);
    if (present === last) return;
    last = present;
    output.write(`${text()}\n`);
  };
  const timer = setInterval(write, REPORT_MILLISECONDS);
  return () => {
    clearInterval(timer);
    write();
  };
}

/** Text that differs when something differs that is worth a new report; times and message counters are not. */
function fingerprint(sides: readonly Side[]): string {
  return JSON.stringify(
    sides.map(({ speaker }) => [
      speaker.neighbors().map(({ state, families, warnings }) => [state, families, warnings]),
      speaker.routes({}),
    ]),
  );
}

/** Whether every session is up and has brought routes of each family. */
function isComplete(sides: readonly Side[]): boolean {
  return sides.every(({ speaker }) =>
    speaker
      .neighbors()
      .every(
        ({ state, families }) => state === 'Established' && families.every(({ accepted }) => accepted > 0),
      ),
  );
}

function demoText(
  sides: readonly Side[],
  service: DemoService,
  events: readonly string[],
  paint: Paint,
): string {
  const title = `${paint.heading(`bellhop ${VERSION} demo`)}: two speakers peer with each other on loopback. Ctrl-C ends.\n`;
  const sections = sides.flatMap(({ title, speaker, vips }) => [
    paint.heading(`== ${title}`),
    formatNeighbors(speaker.neighbors(), paint),
    ...(vips.vips().length > 0 ? [`${formatVips(vips.vips(), paint)}${paint.faint(service.hint)}\n`] : []),
    formatRoutes(speaker.routes({}), paint),
  ]);
  return `${[title, ...sections, paint.heading('== Last events'), ...events].join('\n')}\n`;
}

function eventText(event: SpeakerEvent): string | undefined {
  switch (event.type) {
    case 'stateChange':
      return `${event.peer} ${event.oldState} -> ${event.newState}${event.reason === undefined ? '' : ` (${event.reason})`}`;
    case 'listening':
      return `listening on ${event.address}:${event.port}`;
    case 'listenFailed':
    case 'connectionRejected':
    case 'warning':
      return event.reason;
    default:
      return undefined;
  }
}

function vipEventText(event: VipEvent): string | undefined {
  switch (event.type) {
    case 'vipState':
      return `VIP ${event.vip} ${event.oldState} -> ${event.newState} (${event.reason})`;
    case 'vipAnnounced':
      return `VIP ${event.vip}: ${event.prefixes.join(', ')} announced`;
    case 'vipWithdrawn':
      return `VIP ${event.vip}: ${event.prefixes.join(', ')} withdrawn, with all peers after ${event.flushMilliseconds ?? '-'} ms`;
    default:
      return undefined;
  }
}
