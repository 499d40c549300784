/** DNS checks: one query to one server, over UDP and again over TCP when the answer was cut. */
import { Resolver } from 'node:dns/promises';
import { errorText, failed, healthy, type ProbeFactory } from './check.ts';

/** Longest wait of the resolver itself; the check's own timeout ends it earlier. */
const RESOLVER_MILLISECONDS = 3_600_000;

export const dnsProbe: ProbeFactory<'dns'> = ({ server, port, name, type, expect }) => {
  const place = server.includes(':') ? `[${server}]:${port}` : `${server}:${port}`;
  return async (signal) => {
    // One resolver for each run: cancel() must not reach anybody else's query, and no answer comes from a cache.
    const resolver = new Resolver({ timeout: RESOLVER_MILLISECONDS, tries: 1 });
    resolver.setServers([place]);
    const onAbort = (): void => resolver.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const answers = texts(await resolver.resolve(name, type));
      if (answers.length === 0) return failed('an answer without records');
      if (expect === undefined || answers.includes(expect)) return healthy(answers.join(', '));
      return failed(`${answers.join(', ')}, but not ${expect}`);
    } catch (error) {
      return failed(signal.aborted ? 'no answer in time' : errorText(error));
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
};

/** Each record as its fields in the order of the standard presentation, TXT strings joined. */
function texts(records: unknown): readonly string[] {
  const list = Array.isArray(records) ? records : [records];
  return list.map((record: unknown) => {
    if (Array.isArray(record)) return record.join('');
    if (typeof record === 'object' && record !== null) return Object.values(record).map(String).join(' ');
    return String(record);
  });
}
