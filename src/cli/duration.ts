/** Durations of the command line: `30` (seconds), `30s`, `500ms`, `2m`, `1h`. */
import { InvalidArgumentError } from 'commander';

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration. @throws InvalidArgumentError as commander wants it. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write 30s, 500ms, 2m or 1h.');
  return Number(match[1]) * UNIT_MILLISECONDS[match[2] ?? 's']!;
}
