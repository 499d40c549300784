/** Paths of keys in a configuration file, and their text. */

/** Keys and list positions from the top of the file to a value. */
export type KeyPath = readonly (string | number)[];

/** Text of a path: `neighbors[0].hold-time`. */
export function pathText(path: KeyPath): string {
  let result = '';
  for (const step of path) {
    if (typeof step === 'number') result += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) result += result === '' ? step : `.${step}`;
    else result += `[${JSON.stringify(step)}]`;
  }
  return result;
}
