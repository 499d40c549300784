/**
 * Path attributes as plain objects, read from a canonical blob: for people, tests and exporters, never in bulk.
 */
import { toHex } from '../../base/bytes.ts';
import type { WireContext } from '../session-context.ts';
import { forEachAttribute } from './blob.ts';
import { attributeByCode, type PathAttributes, type UnknownAttribute } from './index.ts';

/** How a canonical blob is read: 4-octet AS numbers, nothing unexpected. */
export const CANONICAL_CONTEXT: WireContext = {
  as4: true,
  external: false,
  extendedMessage: true,
  families: ~0,
  extendedNextHop: ~0,
};

/** Attributes by name, and those bellhop has no spec for. */
export interface AttributesView {
  readonly attributes: PathAttributes;
  readonly unknown: readonly UnknownAttribute[];
}

/** Reads the canonical blob `bytes[start..end)`. */
export function readAttributes(bytes: Uint8Array, start: number, end: number): AttributesView {
  const attributes: Record<string, unknown> = {};
  const unknown: UnknownAttribute[] = [];
  forEachAttribute(bytes, start, end, (code, flags, valueStart, valueEnd) => {
    const spec = attributeByCode[code];
    if (spec === undefined) unknown.push({ code, flags, hex: toHex(bytes, valueStart, valueEnd) });
    else attributes[spec.name] = spec.read(bytes, valueStart, valueEnd, CANONICAL_CONTEXT);
  });
  return { attributes: attributes as PathAttributes, unknown };
}
