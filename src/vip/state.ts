/**
 * The state machines of VIPs, pure: a check counts results into a verdict, a VIP counts verdicts.
 *
 * A check: INIT until its first result; `rise` successes in a row make it UP, `fall` failures in a row DOWN, and
 * while it counts it is RISING or FALLING. The first failure ever, and a check that cannot be run at all, are DOWN at
 * once: nothing that was never seen healthy is announced. A check is healthy in UP and FALLING.
 *
 * A VIP is UP when enough checks are UP, FALLING when enough are healthy, RISING when enough are healthy or on their
 * way, else DOWN; MAINTENANCE goes before all of them.
 */

export const VIP_STATES = ['INIT', 'RISING', 'UP', 'FALLING', 'DOWN', 'MAINTENANCE'] as const;
export type VipState = (typeof VIP_STATES)[number];
export type CheckPhase = Exclude<VipState, 'MAINTENANCE'>;

export interface CheckState {
  readonly phase: CheckPhase;
  /** Results in a row that count towards the change, in RISING and FALLING; else 0. */
  readonly count: number;
}

/** What one run of a check says. */
export interface Observation {
  readonly ok: boolean;
  /** It could not be run, as when a program is missing: no use to try `fall` times. */
  readonly unrunnable?: boolean;
}

export const INITIAL: CheckState = { phase: 'INIT', count: 0 };

/** Announced on credit: a check that is new to a VIP which is up. One failure takes it down. */
export function trusted(fall: number): CheckState {
  return { phase: 'FALLING', count: fall - 1 };
}

/** The state behind one more result. */
export function observe(
  state: CheckState,
  { ok, unrunnable = false }: Observation,
  { rise, fall }: { readonly rise: number; readonly fall: number },
): CheckState {
  if (ok) {
    if (isHealthy(state)) return { phase: 'UP', count: 0 };
    return counted('RISING', 'UP', (state.phase === 'RISING' ? state.count : 0) + 1, rise);
  }
  if (unrunnable || !isHealthy(state)) return { phase: 'DOWN', count: 0 };
  return counted('FALLING', 'DOWN', (state.phase === 'FALLING' ? state.count : 0) + 1, fall);
}

function counted(meanwhile: CheckPhase, finally_: CheckPhase, count: number, wanted: number): CheckState {
  return count >= wanted ? { phase: finally_, count: 0 } : { phase: meanwhile, count };
}

/** Whether the check's service may get traffic. */
export function isHealthy({ phase }: CheckState): boolean {
  return phase === 'UP' || phase === 'FALLING';
}

/** Whether the verdict is changing, which is when checks run at the fast interval. */
export function isChanging({ phase }: CheckState): boolean {
  return phase === 'RISING' || phase === 'FALLING';
}

/** State of a VIP that needs `required` of its checks. */
export function vipState(checks: readonly CheckState[], required: number, maintenance: boolean): VipState {
  if (maintenance) return 'MAINTENANCE';
  const among = (...phases: CheckPhase[]): boolean =>
    checks.filter(({ phase }) => phases.includes(phase)).length >= required;
  if (among('UP')) return 'UP';
  if (among('UP', 'FALLING')) return 'FALLING';
  if (among('UP', 'FALLING', 'RISING')) return 'RISING';
  return among('UP', 'FALLING', 'RISING', 'INIT') ? 'INIT' : 'DOWN';
}

/** Whether a VIP in this state is announced as healthy. */
export function isAvailable(state: VipState): boolean {
  return state === 'UP' || state === 'FALLING';
}
