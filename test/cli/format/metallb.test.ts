/** `bellhop show metallb`: what people read. */
import { expect, test } from 'vitest';
import type { MetallbObject, MetallbStatus } from '../../../src/api/types.ts';
import { formatMetallb } from '../../../src/cli/format/metallb.ts';
import { NO_PAINT } from '../../../src/cli/terminal.ts';

function object(kind: string, name: string, more: Partial<MetallbObject> = {}): MetallbObject {
  return { kind, namespace: 'default', name, file: 'a.yaml', line: 3, state: 'accepted', notes: [], ...more };
}

function status(objects: MetallbObject[], more: Partial<MetallbStatus> = {}): MetallbStatus {
  return { node: 'node-1', nodeLabels: {}, files: ['a.yaml'], unmatched: [], problems: [], objects, ...more };
}

test('formatMetallb: services first, what only helps others not at all, what needs attention below', () => {
  const counts = { assignedIPv4: 1, assignedIPv6: 0, availableIPv4: '15', availableIPv6: '256' };
  const text = formatMetallb(
    status(
      [
        object('Endpoints', 'web'),
        object('Service', 'inside', { state: 'inactive', reason: 'its type is ClusterIP, not LoadBalancer' }),
        object('IPAddressPool', 'pool', { counts, services: ['default/web'] }),
        object('BGPPeer', 'tor', { address: '10.0.0.2', session: 'Established', prefixes: ['192.0.2.1/32'] }),
        object('BGPPeer', 'bad', { state: 'refused', reason: 'no address', notes: ['`x` is no field'] }),
        object('Service', 'web', {
          addresses: ['192.0.2.1'],
          pool: 'pool',
          announced: [{ prefix: '192.0.2.1/32', peers: ['tor'], problem: 'cli announces it' }],
        }),
      ],
      {
        unmatched: ['/etc/x/*.yaml'],
        problems: [{ file: 'b.yaml', line: 1, column: 2, message: 'not valid YAML' }],
      },
    ),
    NO_PAINT,
  );
  expect(text).toBe(`Node node-1, 1 file, 6 objects

Kind           Name         State     Facts
Service        default/web  accepted  192.0.2.1 of pool; 192.0.2.1/32 to tor
BGPPeer        tor          accepted  10.0.0.2; Established; 1 prefix
BGPPeer        bad          refused
IPAddressPool  pool         accepted  1 assigned; 15 IPv4 and 256 IPv6 free; default/web

1 service without a load balancer of ours
! no file matches /etc/x/*.yaml
! b.yaml:1:2: not valid YAML; what it said before is in force
! Service default/web: 192.0.2.1/32 is not announced: cli announces it
! BGPPeer bad: no address (a.yaml:3)
! BGPPeer bad: \`x\` is no field
`);
});
