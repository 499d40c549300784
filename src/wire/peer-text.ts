/**
 * Text that a peer sent, made safe to log and to show: shutdown communications, host names, software versions.
 *
 * What is not UTF-8 and characters that act on a terminal are replaced by U+FFFD, so such text says the same wherever
 * it is printed, and writing it again gives what was shown, not what was sent.
 */
import type { ByteWriter } from '../base/byte-writer.ts';

/**
 * Characters a peer could use to forge log lines, drive a terminal or reorder text: C0, DEL and C1 controls, marks,
 * embeddings, overrides and isolates of bidirectional text, line and paragraph separators, the byte order mark.
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Longest text that a length of one octet can count, three times over: each octet may have become U+FFFD. */
const MAX_OCTETS = 3 * 255;

/** The text in `bytes[start..end)`, cut at a character to `maximum` octets of UTF-8: what {@link writeCountedText} keeps. */
export function readPeerText(bytes: Uint8Array, start: number, end: number, maximum = MAX_OCTETS): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const text = decoder.decode(bytes.subarray(start, end)).replace(UNSAFE, '\ufffd');
  // U+FFFD is longer than the octet it stands for.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maximum));
  return text.slice(0, read);
}

/** Appends an octet of length and the text in UTF-8, cut at a character to `maximum` octets (at most 255). */
export function writeCountedText(text: string, maximum: number, out: ByteWriter): void {
  const octets = new Uint8Array(maximum);
  const { written } = new TextEncoder().encodeInto(text, octets);
  out.u8(written);
  out.copy(octets, 0, written);
}
