/** What a process has used, from Linux' /proc: processor time and memory, its children included. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc/PID/stat; the kernel shows programs 100 whatever it uses itself. */
const TICKS_PER_SECOND = 100;

export interface Usage {
  /** User and system time of all threads: /proc/PID/stat, in steps of 10 ms, or finer where the scheduler tells. */
  readonly cpuSeconds: number;
  /** Largest resident set so far (VmHWM), summed over the processes. */
  readonly peakMegabytes: number;
  /** Resident set now (VmRSS). */
  readonly residentMegabytes: number;
}

/** Usage of the processes `pids`; one that is gone counts nothing. */
export function usageOf(pids: readonly number[]): Usage {
  let cpuSeconds = 0;
  let peak = 0;
  let resident = 0;
  for (const pid of pids) {
    // The scheduler forgets threads that have ended, the other one counts whole steps: neither is ever too high.
    cpuSeconds += Math.max(cpuOf(read(`/proc/${pid}/stat`)), scheduledSeconds(pid));
    const status = read(`/proc/${pid}/status`);
    peak += kilobytes(status, 'VmHWM');
    resident += kilobytes(status, 'VmRSS');
  }
  return { cpuSeconds, peakMegabytes: peak / 1024, residentMegabytes: resident / 1024 };
}

/** The process and all that descend from it. */
export function processTree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(/\s+/).filter(Boolean).map(Number);
  return [pid, ...children.flatMap(processTree)];
}

/** User and system seconds in the text of /proc/PID/stat; the name before them may hold anything. */
export function cpuOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : 0;
}

/** Time that the threads of now have run, to the nanosecond; 0 where it is not to be had. */
function scheduledSeconds(pid: number): number {
  let nanoseconds = 0;
  try {
    for (const task of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]);
  } catch {
    return 0;
  }
  return Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0;
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
