/**
 * Ask 1 (ExaBGP #1383, MetalLB #312, #295, #2577, anycast_healthchecker #27, #28): the service has stopped, the route is
 * still there.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bird } from '../interop/lab/bird.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually } from '../interop/lab/process.ts';
import { HEALTHZ, logged, rack, TOR } from '../interop/lab/rack.ts';

const VIP = '203.0.113.10/32';
const WEB = { name: 'web', addresses: ['203.0.113.10'], checks: [HEALTHZ] };

describeLab('ask 1: the service has stopped, the route stays', [bird], () => {
  test('a service that is dead when bellhop starts is never announced; the first failure is DOWN', async () => {
    await using subject = await rack(bird, [WEB]);
    await eventually(
      async () => expect(await subject.bellhop.command('show', 'vips')).toMatch(/web +DOWN .* no /),
      { what: 'DOWN' },
    );
    expect(logged(subject.bellhop, 'vipState')).toMatchObject([
      { oldState: 'INIT', newState: 'DOWN', reason: expect.stringContaining('connection refused') as string },
    ]);
    subject.startService();
    await subject.has(VIP);
    expect(logged(subject.bellhop, 'vipWithdrawn')).toEqual([]);
  });

  test('a service that is killed, and one that only says it is sick, lose their route', async () => {
    await using subject = await rack(bird, [WEB]);
    const service = subject.startService();
    await subject.has(VIP);
    writeFileSync(join(subject.host.directory, 'sick'), '');
    await subject.has();
    await expect(subject.bellhop.command('doctor', 'web')).rejects.toThrow(/503 Service Unavailable/);
    await service.kill();
    await eventually(
      async () =>
        await expect(subject.bellhop.command('doctor', 'web')).rejects.toThrow(/DOWN: connection refused/),
      { what: 'the other reason' },
    );
    expect(await subject.route(VIP)).toBeUndefined();
  });

  test('the check program itself is deleted while the service runs: that is no health', async () => {
    await using subject = await rack(
      bird,
      [{ name: 'db', addresses: ['203.0.113.10'], checks: [{ exec: ['$DIR/check'], interval: '200ms' }] }],
      { files: { check: '#!/bin/sh\nexit 0\n' } },
    );
    await subject.has(VIP);
    await subject.host.spawn('rm', ['check']).exited;
    await subject.has();
    expect(await subject.bellhop.command('show', 'vips')).toContain('there is no such program');
  });

  test('MetalLB: the last ready endpoint is gone, also with externalTrafficPolicy Cluster', async () => {
    const slice = (ready: boolean) => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.0.1], conditions: { ready: ${ready}, serving: ${ready} } }]
ports: [{ port: 80 }]
`;
    await using subject = await rack(bird, [], {
      more: {
        neighbors: [],
        metallb: { files: ['$DIR/m/*.yaml'], node: 'node-1', 'state-file': '$DIR/m.json' },
      },
      files: { 'm/metallb.yaml': MANIFESTS, 'm/web-endpoints.yaml': slice(true) },
    });
    await subject.has('198.51.100.0/32');
    writeFileSync(join(subject.host.directory, 'm/web-endpoints.yaml'), slice(false));
    await subject.has();
    expect(await subject.bellhop.command('show', 'metallb')).toContain('none of its 1 endpoints is ready');
    writeFileSync(join(subject.host.directory, 'm/web-endpoints.yaml'), slice(true));
    await subject.has('198.51.100.0/32');
  });
});

const MANIFESTS = `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: tor }
spec: { myASN: 65000, peerASN: 65001, peerAddress: ${TOR}, connectTime: 1s }
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: pool }
spec: { addresses: [198.51.100.0/28] }
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: { name: all }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: LoadBalancer, externalTrafficPolicy: Cluster, ports: [{ port: 80 }] }
`;
