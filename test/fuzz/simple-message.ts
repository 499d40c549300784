/** Well-formed messages that are about one thing. */
import type { FuzzContext } from '../../src/fuzz/context.ts';
import { randomMessage, randomUpdateOf } from '../../src/fuzz/messages.ts';
import type { Random } from '../../src/fuzz/random.ts';
import { ATTRIBUTES } from '../../src/wire/attributes/index.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';

const MULTIPROTOCOL: readonly number[] = [14, 15];
const UNKNOWN_CODE = 99;
/** Families with routes of many forms: EVPN and flow specifications. */
const RICH_FAMILIES = FAMILIES.filter(({ safi }) => [70, 133, 134].some((one) => one === safi));
/** Attributes with values of many forms. */
const RICH: readonly number[] = [22, 23, 23, 23, 26, 40, 40];

/** A well-formed message that is about one thing, so that every spec comes as often as the others. */
export function simpleMessage(random: Random, context: FuzzContext): Uint8Array {
  const kind = random.below(ATTRIBUTES.length + 3 * FAMILIES.length + 16);
  const spec = ATTRIBUTES[kind];
  if (spec !== undefined && !MULTIPROTOCOL.includes(spec.code))
    return randomUpdateOf(spec.code, random, context);
  if (kind < ATTRIBUTES.length + 3 * FAMILIES.length) {
    const family = random.pick(random.oneIn(2) ? FAMILIES : RICH_FAMILIES);
    return randomUpdateOf(random.pick(MULTIPROTOCOL), random, { ...context, families: 1 << family.index });
  }
  if (random.oneIn(4)) return randomUpdateOf(UNKNOWN_CODE, random, context);
  if (random.oneIn(2)) return randomUpdateOf(random.pick(RICH), random, context);
  return randomMessage(random.pick(['open', 'open', 'route-refresh', 'notification']), random, context);
}
