/** Whether something grows: the last fifth of a series against the second one, when the program is warm. */

/** Relative growth; 0.1 is ten percent. Of fewer than five values, the last against the second. */
export function growth(values: readonly number[]): number {
  const fifth = Math.max(1, Math.floor(values.length / 5));
  const before = mean(values.slice(fifth, 2 * fifth));
  const after = mean(values.slice(-fifth));
  return after / before - 1;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
