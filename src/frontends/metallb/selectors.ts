/** Label selectors of Kubernetes: `matchLabels` and `matchExpressions`, all of which must hold. */
import { z } from 'zod';
import { Complaint, parsed } from '../../config/schema-types.ts';

export type Labels = Readonly<Record<string, string>>;

const expression = parsed(
  z.strictObject({
    key: z.string().min(1),
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(z.string()).optional(),
  }),
  ({ key, operator, values = [] }) => {
    const wantsValues = operator === 'In' || operator === 'NotIn';
    if (wantsValues && values.length === 0) return new Complaint(`\`${operator}\` needs \`values\``);
    if (!wantsValues && values.length > 0) return new Complaint(`\`${operator}\` takes no \`values\``);
    return { key, operator, values };
  },
);

export const labelSelector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z.array(expression).optional(),
});

export type LabelSelector = z.output<typeof labelSelector>;

/** Whether all that the selector asks for holds; an empty one selects everything. */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  const has = (key: string) => Object.hasOwn(labels, key);
  for (const [key, value] of Object.entries(matchLabels ?? {}))
    if (!has(key) || labels[key] !== value) return false;
  return (matchExpressions ?? []).every(({ key, operator, values }) => {
    if (operator === 'Exists') return has(key);
    if (operator === 'DoesNotExist') return !has(key);
    const isOne = has(key) && values.includes(labels[key]!);
    return operator === 'In' ? isOne : !isOne;
  });
}

/** Whether one of the selectors does, or there is none at all. */
export function selectsAny(selectors: readonly LabelSelector[], labels: Labels): boolean {
  return selectors.length === 0 || selectors.some((selector) => selects(selector, labels));
}
