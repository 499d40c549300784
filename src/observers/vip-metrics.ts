/** Metrics of VIPs and of the checks behind them. */
import type { CheckStatus, VipStatus } from '../vip/status.ts';
import type { Metric, Sample } from './metric.ts';

/** What these metrics are read from. */
interface VipsSource {
  readonly vips: readonly VipStatus[];
}

/** A line for each VIP. */
function each(value: (vip: VipStatus) => number) {
  return ({ vips }: VipsSource): Sample[] =>
    vips.map((vip) => ({ labels: { vip: vip.name }, value: value(vip) }));
}

/** A line for each check; none for those without a value yet. */
function eachCheck(value: (check: CheckStatus) => number | undefined) {
  return ({ vips }: VipsSource): Sample[] =>
    vips.flatMap(({ name, checks }) =>
      checks.flatMap((check) => {
        const number = value(check);
        return number === undefined ? [] : [{ labels: { vip: name, check: check.name }, value: number }];
      }),
    );
}

/** UP, or on the way down and not there yet. */
function isHealthy({ state }: { readonly state: VipStatus['state'] }): number {
  return state === 'UP' || state === 'FALLING' ? 1 : 0;
}

export const VIP_METRICS: readonly Metric<VipsSource>[] = [
  {
    name: 'vip_state',
    type: 'gauge',
    help: 'Whether the VIP, or with the label `check` one of its checks, is healthy (UP or FALLING).',
    read: (source) => [...each(isHealthy)(source), ...eachCheck(isHealthy)(source)],
  },
  {
    name: 'vip_advertised',
    type: 'gauge',
    help: 'Whether the VIP is announced, in whatever way.',
    read: each(({ announced }) => (announced === 'withdrawn' ? 0 : 1)),
  },
  {
    name: 'vip_changes_total',
    type: 'counter',
    help: 'Changes between announced and withdrawn.',
    read: each(({ changes }) => changes),
  },
  {
    name: 'health_check_duration_seconds',
    type: 'gauge',
    help: 'How long the last run of the check took.',
    read: eachCheck(({ history }) => history[0] && history[0].milliseconds / 1000),
  },
  {
    name: 'health_check_runs_total',
    type: 'counter',
    help: 'Runs of the check.',
    read: eachCheck(({ runs }) => runs),
  },
  {
    name: 'health_check_failures_total',
    type: 'counter',
    help: 'Runs of the check that failed, timeouts among them.',
    read: eachCheck(({ failures }) => failures),
  },
];
