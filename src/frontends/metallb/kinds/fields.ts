/** Fields that manifests have in common: durations of Go, numbers, base64. */
import { z } from 'zod';
import { Complaint, parsed } from '../../../config/schema-types.ts';

const UNIT_SECONDS = new Map([
  ['ns', 1e-9],
  ['us', 1e-6],
  ['µs', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

/** A length of time as Kubernetes writes it: `90s`, `1m30s`. Yields whole seconds. */
export function seconds({ minimum, maximum, zero }: { minimum: number; maximum: number; zero?: boolean }) {
  return parsed(z.string(), (text): number | Complaint => {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
    if (text !== '0' && (parts.length === 0 || parts.map(([part]) => part).join('') !== text))
      return new Complaint(`\`${text}\` is not a duration`, 'write `90s` or `1m30s`');
    const total = parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNIT_SECONDS.get(unit!)!, 0);
    if (total === 0 && zero === true) return 0;
    if (!Number.isInteger(total))
      return new Complaint(`\`${text}\` is not a whole number of seconds, which is what BGP carries`);
    const least = `${zero === true ? '0s or ' : ''}at least ${minimum}s`;
    if (total < minimum) return new Complaint(`\`${text}\` is too short`, `write ${least}`);
    return total > maximum ? new Complaint(`\`${text}\` is too long`, `write at most ${maximum}s`) : total;
  });
}

/** A whole number in a range. */
export function integer(minimum: number, maximum: number) {
  return z.int().min(minimum).max(maximum);
}

export const flag = z.boolean();
export const word = z.string().min(1);
export const words = z.array(word);
export const stringMap = z.record(z.string(), z.string());
