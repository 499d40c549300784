/**
 * Messages as objects and JSON and back, by the functions that the package exports: the work of a program that uses
 * the library without caring for speed.
 */
import { decodeMessage, encodeMessage } from '../wire/json.ts';
import type { MessageInput } from '../wire/json-types.ts';
import type { WireContext } from '../wire/session-context.ts';
import type { Benchmark } from './measure.ts';
import { eachMessage, type SampleSet } from './samples.ts';

/** `decodeMessage`: from bytes to the JSON form. */
export function decoding(name: string, set: SampleSet, context: WireContext): Benchmark {
  const messages = messagesOf(set);
  const pass = (): number => {
    let sum = 0;
    for (const bytes of messages) sum += decodeMessage(bytes, context).length;
    return sum;
  };
  return { name, messages: set.messages, prefixes: set.prefixes, bytes: set.bytes.length, pass };
}

/** `encodeMessage`: from the JSON form to bytes, read again to be sure that they say what was asked for. */
export function encoding(name: string, set: SampleSet, context: WireContext): Benchmark {
  const inputs = messagesOf(set).map((bytes) => decodeMessage(bytes, context) as MessageInput);
  const pass = (): number => {
    let sum = 0;
    for (const input of inputs) sum += encodeMessage(input, context).length;
    return sum;
  };
  return { name, messages: set.messages, prefixes: set.prefixes, bytes: set.bytes.length, pass };
}

function messagesOf(set: SampleSet): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  eachMessage(set, (bytes, start, end) => messages.push(bytes.slice(start, end)));
  return messages;
}
