/**
 * The TCP connections of a capture on one port, each direction as an ordered stream of octets.
 *
 * Knows no BGP. Connections are told apart by addresses, ports and SYNs: the same four numbers used again are a new
 * connection. Bounded by {@link MAX_CONNECTIONS}; the one that was opened first gives way.
 */
import { type CaptureProblem, readCapture } from './capture.ts';
import { Reassembly } from './reassembly.ts';
import { readSegment, type Segment, type Skipped } from './segment.ts';

/** Connections that are followed at a time. */
export const MAX_CONNECTIONS = 65_536;

/** An address and port as text: `192.0.2.1:179`, `[2001:db8::1]:179`. */
export type Endpoint = { readonly address: string; readonly port: number; readonly text: string };

/** One direction of one connection. */
export interface Direction {
  /** Number of the connection in the capture, from 0; both directions have the same. */
  readonly connection: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** Receives the streams of a capture. Its functions must not throw. */
export interface StreamSink {
  data(direction: Direction, bytes: Uint8Array, time: number | undefined): void;
  /** Octets are missing from the capture. */
  gap(direction: Direction, octets: number, time: number | undefined): void;
  /** The stream is over: closed, used anew, or the capture ends. */
  end(direction: Direction): void;
}

/** What a capture held besides the streams. */
export interface CaptureSummary {
  readonly packets: number;
  /** Connections found on the port. */
  readonly connections: number;
  /** Packets that could not be used, by reason; packets of other ports count under none of them. */
  readonly skipped: ReadonlyMap<Skipped, number>;
  /** Why the file was not read to its end. */
  readonly problem: CaptureProblem | undefined;
}

interface Half {
  readonly direction: Direction;
  readonly reassembly: Reassembly;
}

interface Connection {
  readonly halves: readonly [Half, Half];
  /** Initial sequence number of each half's SYN, to tell a repeated one from a new connection. */
  readonly synAt: [number | undefined, number | undefined];
}

/** Delivers the TCP streams in the capture file `bytes` that have `port` on either side. */
export function readConnections(bytes: Uint8Array, port: number, sink: StreamSink): CaptureSummary {
  const connections = new Map<string, Connection>();
  const skipped = new Map<Skipped, number>();
  let packets = 0;
  let created = 0;
  const problem = readCapture(bytes, (packet) => {
    packets++;
    const segment = readSegment(packet);
    if (typeof segment === 'string') {
      skipped.set(segment, (skipped.get(segment) ?? 0) + 1);
      return;
    }
    if (segment.sourcePort !== port && segment.destinationPort !== port) return;
    const key = keyOf(segment);
    const mirrored = mirroredKeyOf(segment);
    const side = connections.has(key) || !connections.has(mirrored) ? 0 : 1;
    let connection = connections.get(side === 0 ? key : mirrored);
    if (connection !== undefined && isNewConnection(connection, side, segment)) {
      connections.delete(side === 0 ? key : mirrored);
      close(connection, sink);
      connection = undefined;
    }
    if (connection === undefined) {
      if (connections.size >= MAX_CONNECTIONS) evictOldest(connections, sink);
      connection = open(created++, segment, sink);
      connections.set(key, connection);
      pushSegment(connection, 0, segment);
    } else pushSegment(connection, side, segment);
  });
  for (const connection of connections.values()) close(connection, sink);
  return { packets, connections: created, skipped, problem };
}

/** A SYN that is not the one seen before opens a new connection. */
function isNewConnection({ synAt }: Connection, side: 0 | 1, { syn, sequence }: Segment): boolean {
  return syn && synAt[side] !== undefined && synAt[side] !== sequence;
}

function pushSegment(connection: Connection, side: 0 | 1, segment: Segment): void {
  if (segment.syn) connection.synAt[side] = segment.sequence;
  connection.halves[side].reassembly.push(segment);
}

function open(number: number, segment: Segment, sink: StreamSink): Connection {
  const source = endpoint(segment.source, segment.sourcePort);
  const destination = endpoint(segment.destination, segment.destinationPort);
  return {
    halves: [half(number, source, destination, sink), half(number, destination, source, sink)],
    synAt: [undefined, undefined],
  };
}

function half(connection: number, source: Endpoint, destination: Endpoint, sink: StreamSink): Half {
  const direction: Direction = { connection, source, destination };
  const reassembly = new Reassembly({
    data: (bytes, time) => sink.data(direction, bytes, time),
    gap: (octets, time) => sink.gap(direction, octets, time),
  });
  return { direction, reassembly };
}

function close({ halves }: Connection, sink: StreamSink): void {
  for (const { direction, reassembly } of halves) {
    reassembly.flush();
    sink.end(direction);
  }
}

/** Maps keep their order of insertion, so the first one is the oldest. */
function evictOldest(connections: Map<string, Connection>, sink: StreamSink): void {
  for (const [key, connection] of connections) {
    connections.delete(key);
    close(connection, sink);
    return;
  }
}

/** Key of a connection that `segment` opened. */
function keyOf({ source, sourcePort, destination, destinationPort }: Segment): string {
  return `${source} ${sourcePort} ${destination} ${destinationPort}`;
}

/** Key of a connection whose other side opened it. */
function mirroredKeyOf({ source, sourcePort, destination, destinationPort }: Segment): string {
  return `${destination} ${destinationPort} ${source} ${sourcePort}`;
}

function endpoint(address: string, port: number): Endpoint {
  return { address, port, text: `${address.includes(':') ? `[${address}]` : address}:${port}` };
}
