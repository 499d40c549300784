/** The kinds of checks: a new one is a file here, a line in {@link probeOf} and its keys in `config/schema-vip.ts`. */
import type { CheckProbe } from '../../config/vip-types.ts';
import type { Probe } from './check.ts';
import { dnsProbe } from './dns.ts';
import { execProbe } from './exec.ts';
import { grpcProbe } from './grpc.ts';
import { httpProbe } from './http.ts';
import { tcpProbe } from './tcp.ts';

/** The probe of a configured check. */
export function probeOf(settings: CheckProbe): Probe {
  switch (settings.kind) {
    case 'http':
      return httpProbe(settings);
    case 'tcp':
      return tcpProbe(settings);
    case 'exec':
      return execProbe(settings);
    case 'dns':
      return dnsProbe(settings);
    case 'grpc':
      return grpcProbe(settings);
  }
}
