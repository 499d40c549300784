/** Numbers for people: durations and sizes. */

/** `00:01:02` below a day, `3d04h` below a year's hundred days, then whole days: the notation of router CLIs. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  if (days >= 100) return `${days}d`;
  if (days > 0) return `${days}d${twoDigits(hours)}h`;
  return `${twoDigits(hours)}:${twoDigits(Math.floor((whole % 3600) / 60))}:${twoDigits(whole % 60)}`;
}

/** `83 MiB`. */
export function formatMemory(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** `1 prefix`, `2 prefixes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
