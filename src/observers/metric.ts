/**
 * A metric whose values are read when somebody scrapes it, in the form in which prom-client's registry takes it. The
 * numbers are counted where things happen, in plain fields; the library only writes them down.
 */
import type { Metric as LibraryMetric, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string | number>>;

/** One line of the exposition. */
export interface Sample {
  /** Name of the line when it is not that of the metric: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
  readonly labels?: Labels;
  readonly value: number;
}

/** A metric over a snapshot of type `Source`. */
export interface Metric<Source> {
  /** Counters end in `_total`; units are seconds and bytes. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  readonly read: (source: Source) => readonly Sample[];
}

/** Makes `registry` expose `metric`, read from what `source` gives at the time of a scrape. */
export function register<Source>(registry: Registry, metric: Metric<Source>, source: () => Source): void {
  const { name, type, help } = metric;
  const get = () => ({
    name,
    help,
    type,
    aggregator: 'sum',
    values: metric
      .read(source())
      .map(({ suffix = '', labels = {}, value }) => ({ metricName: name + suffix, labels, value })),
  });
  // The registry asks for a name and `get`, which its type does not say.
  registry.registerMetric({ name, get } as unknown as LibraryMetric);
}
