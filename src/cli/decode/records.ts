/**
 * What `bellhop decode` finds in its input: messages, octets that are none, and what is missing; each with its place.
 */

import { toHex } from '../../base/bytes.ts';
import type { JsonObject, MessageJson } from '../../wire/json-types.ts';
import type { Junk } from '../../wire/message-scanner.ts';

/** Where a record stands: the keys depend on the kind of input. */
export interface Place {
  /** Line of hexadecimal text, from 1. */
  readonly line?: number;
  /** Octets from the start of the line, the input, or the stream of one direction of a connection. */
  readonly offset: number;
  /** ISO 8601 in UTC with microseconds. */
  readonly time?: string;
  /** Address and port of sender and receiver. */
  readonly src?: string;
  readonly dst?: string;
}

/** One thing found. */
export type DecodeRecord =
  | { readonly kind: 'message'; readonly place: Place; readonly message: MessageJson }
  | {
      readonly kind: 'unreadable';
      readonly place: Place;
      readonly length: number;
      readonly reason: string;
      readonly sample: string;
    };

/** Receives the records in the order in which they are found. */
export type RecordSink = (record: DecodeRecord) => void;

/** The record of octets that belong to no message. */
export function junkRecord(place: Place, { offset, length, reason, sample }: Junk): DecodeRecord {
  return { kind: 'unreadable', place: { ...place, offset }, length, reason, sample: toHex(sample) };
}

/** One line of JSON. What acts on a terminal is written as an escape. */
export function recordLine(record: DecodeRecord): string {
  const { place } = record;
  const object: JsonObject | object =
    record.kind === 'message'
      ? { ...place, ...record.message }
      : { ...place, type: 'NOT-BGP', length: record.length, reason: record.reason, hex: record.sample };
  return JSON.stringify(object).replace(
    ACTING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Characters that act on a terminal or reorder text; JSON escapes only those below U+0020. */
const ACTING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
