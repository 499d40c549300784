/** Names of dispositions for JSON and text, made from the constants. */
import { Disposition } from './attributes/spec.ts';

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Disposition).map(([key, value]) => [
    value,
    key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  ]),
);

/** `accept`, `attribute-discard`, `treat-as-withdraw`, ... `session-reset`. */
export function dispositionName(disposition: Disposition): string {
  return NAMES.get(disposition)!;
}
