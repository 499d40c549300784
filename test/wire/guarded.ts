/** Bytes that must not be read outside a range: the instrument of every codec battery. */
const MARGIN = 8;

/** `value` between margins; reading an element of a margin throws. */
export function guarded(value: Uint8Array): { bytes: Uint8Array; start: number; end: number } {
  const start = MARGIN;
  const end = MARGIN + value.length;
  const backing = new Uint8Array(end + MARGIN).fill(0xa5);
  backing.set(value, start);
  const bytes = new Proxy(backing, {
    get(target, key) {
      const index = typeof key === 'string' ? Number(key) : Number.NaN;
      if (!Number.isNaN(index) && (index < start || index >= end))
        throw new Error(`read at ${index - start} of ${value.length}`);
      const field: unknown = Reflect.get(target, key, target);
      return typeof field === 'function' ? field.bind(target) : field;
    },
  });
  return { bytes, start, end };
}
