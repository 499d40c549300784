/**
 * THE list of codec benchmarks: which messages, through which code.
 */
import { BellhopError } from '../base/errors.ts';
import { Framer } from '../wire/framer.ts';
import { HEADER_LENGTH } from '../wire/message.ts';
import { type OpenMessage, readOpen, writeOpen } from '../wire/open.ts';
import type { WireContext } from '../wire/session-context.ts';
import { UpdateFrame } from '../wire/update-frame.ts';
import type { Benchmark } from './measure.ts';
import { decoding, encoding } from './objects.ts';
import { checkPrefixes4, Pipeline, Stage, scanPrefixes4, scanPrefixes6 } from './pipeline.ts';
import { eachMessage, type SampleSet, type Shape, sampleUpdates } from './samples.ts';

/** An internal session, where none of the attributes is unexpected. */
const INTERNAL: WireContext = {
  as4: true,
  external: false,
  extendedMessage: true,
  families: 3,
  extendedNextHop: 3,
  loopback: true,
};
const TWO_OCTET: WireContext = { ...INTERNAL, as4: false };

const TYPICAL: Shape = { attributes: 'typical', prefixes: 10 };
const RICH: Shape = { attributes: 'rich', prefixes: 10 };
const COUNTS = [1, 10, 100, 500] as const;

/** The benchmarks with messages made from `seed`. */
export function codecBenchmarks(seed: number): Benchmark[] {
  const typical = sampleUpdates(TYPICAL, seed);
  const rich = sampleUpdates(RICH, seed);
  const ipv6 = sampleUpdates({ ...TYPICAL, addressOctets: 16 }, seed);
  const narrow = sampleUpdates({ ...RICH, asWidth: 2 }, seed);
  const counted = COUNTS.map((prefixes) => ({
    prefixes,
    set: sampleUpdates({ ...TYPICAL, prefixes }, seed),
  }));
  return [
    through('frame/typical', typical, Stage.frame),
    through('check/typical', typical, Stage.check),
    through('check/rich', rich, Stage.check),
    through('check/ipv6', ipv6, Stage.check),
    through('check/two-octet', narrow, Stage.check, TWO_OCTET),
    ...counted.map(({ prefixes, set }) => through(`update/${prefixes}`, set, Stage.nlri)),
    through('update/ipv6', ipv6, Stage.nlri),
    ...counted.map(({ prefixes, set }) => overNlri(`nlri/${prefixes}`, set, scanPrefixes4)),
    overNlri('nlri/ipv6-100', sampleUpdates({ ...TYPICAL, prefixes: 100, addressOctets: 16 }, seed)),
    overNlri('nlri-check/500', counted.at(-1)!.set, checkPrefixes4),
    through('object/typical', typical, Stage.object),
    through('object/rich', rich, Stage.object),
    through('object/ipv6', ipv6, Stage.object),
    through('blob/typical', typical, Stage.blob),
    through('blob/rich', rich, Stage.blob),
    through('intern/typical', typical, Stage.intern),
    through('intern/rich', rich, Stage.intern),
    through('intern/ipv6', ipv6, Stage.intern),
    through('intern/two-octet', narrow, Stage.intern, TWO_OCTET),
    decoding('decode/typical', typical, INTERNAL),
    decoding('decode/rich', rich, INTERNAL),
    encoding('encode/typical', typical, INTERNAL),
    encoding('encode/rich', rich, INTERNAL),
    ...openBenchmarks(),
  ];
}

/**
 * Benchmarks with the messages of a file, one behind the other as on a socket, on a session with 4-octet AS numbers.
 *
 * @throws BellhopError INVALID_ARGUMENT when it holds anything else
 */
export function fileBenchmarks(bytes: Uint8Array): Benchmark[] {
  const whole = countMessages(bytes);
  return (['frame', 'check', 'nlri', 'object', 'intern'] as const).map((stage) =>
    through(`file/${stage}`, whole, Stage[stage]),
  );
}

function countMessages(bytes: Uint8Array): SampleSet {
  let messages = 0;
  let length = 0;
  const framer = new Framer({
    message(_type, _bytes, start, end) {
      messages++;
      length += end - start + HEADER_LENGTH;
    },
  });
  framer.extendedMessage = true;
  if (framer.push(bytes) !== undefined || framer.pendingBytes > 0 || messages === 0)
    throw new BellhopError('INVALID_ARGUMENT', `no BGP message at offset ${length} of the file`);
  return { bytes, messages, prefixes: 0 };
}

function through(name: string, set: SampleSet, stage: Stage, context = INTERNAL): Benchmark {
  const pipeline = new Pipeline(stage, context);
  const { bytes, messages } = set;
  const prefixes = stage === Stage.nlri || stage === Stage.object ? set.prefixes : 0;
  return { name, messages, prefixes, bytes: bytes.length, pass: () => pipeline.run(bytes) };
}

/** Only the NLRI, found beforehand. */
function overNlri(
  name: string,
  set: SampleSet,
  scan: (bytes: Uint8Array, start: number, end: number) => number = scanPrefixes6,
): Benchmark {
  const places: number[] = [];
  const frame = new UpdateFrame();
  eachMessage(set, (bytes, start, end) => {
    frame.scan(bytes, start + HEADER_LENGTH, end, INTERNAL);
    if (frame.reachFamily >= 0) places.push(frame.reachStart, frame.reachEnd);
    else places.push(frame.nlriStart, frame.nlriEnd);
  });
  const ranges = Uint32Array.from(places);
  let octets = 0;
  for (let i = 0; i < ranges.length; i += 2) octets += ranges[i + 1]! - ranges[i]!;
  const { bytes, messages, prefixes } = set;
  const pass = (): number => {
    let sum = 0;
    for (let i = 0; i < ranges.length; i += 2)
      sum = (sum + scan(bytes, ranges[i]!, ranges[i + 1]!)) & 0x3fffffff;
    return sum;
  };
  return { name, messages, prefixes, bytes: octets, pass };
}

function openBenchmarks(): Benchmark[] {
  const open: OpenMessage = {
    version: 4,
    as: 23456,
    holdTimeSeconds: 90,
    routerId: 0x0a000001,
    capabilities: [
      { name: 'multiprotocol', value: { afi: 1, safi: 1 } },
      { name: 'multiprotocol', value: { afi: 2, safi: 1 } },
      { name: 'route-refresh', value: true },
      { name: 'extended-message', value: true },
      { name: 'four-octet-as', value: { as: 4_200_000_001 } },
      { name: 'enhanced-route-refresh', value: true },
    ],
  };
  const message = writeOpen(open);
  const whole = { messages: 1, prefixes: 0, bytes: message.length };
  return [
    {
      ...whole,
      name: 'open/read',
      pass() {
        const result = readOpen(message, HEADER_LENGTH, message.length);
        return result.ok ? result.open.capabilities.length : Number.NaN;
      },
    },
    { ...whole, name: 'open/write', pass: () => writeOpen(open).length },
  ];
}
