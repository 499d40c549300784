/** `--at-most`: a change of the configuration that costs more than the operator allows is refused as a whole. */
import { BellhopError } from '../base/errors.ts';
import { type ChangeClass, changesAbove, type PlannedChange } from '../config/plan.ts';

/** Changes that a refusal names; of more it has the number. */
const NAMED_CHANGES = 10;

/** @throws BellhopError REFUSED with the changes that cost more than `atMost`. */
export function assertAtMost(changes: readonly PlannedChange[], atMost: ChangeClass): void {
  const above = changesAbove(changes, atMost);
  if (above.length === 0) return;
  const named = above.slice(0, NAMED_CHANGES).map(({ class: kind, subject, key }) => {
    return `${subject}${key === undefined ? '' : ` (${key})`} is a ${kind}`;
  });
  const more = above.length > NAMED_CHANGES ? `, and ${above.length - NAMED_CHANGES} more` : '';
  throw new BellhopError(
    'REFUSED',
    `nothing changed, as more than \`${atMost}\` is not allowed: ${named.join(', ')}${more}`,
  );
}
