/**
 * Ask 6 (MetalLB #7, #1571, #2256, #590, #965): what MetalLB's native mode cannot do, and its FRR mode needs FRR for, with
 * the same manifests: IPv6, both families on one session, large communities, a local address, many prefixes in an UPDATE.
 */
import { expect, test } from 'vitest';
import { bird } from '../interop/lab/bird.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { HOST, rack, TOR } from '../interop/lab/rack.ts';

const SERVICES = 200;

const MANIFESTS = `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: tor }
spec:
  myASN: 65000
  peerASN: 65001
  peerAddress: ${TOR}
  sourceAddress: ${HOST}
  password: secret
  connectTime: 1s
  holdTime: 30s
  dualStackAddressFamily: true
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: pool }
spec: { addresses: [198.51.100.0/24, "2001:db8:7::/64"] }
---
apiVersion: metallb.io/v1beta1
kind: Community
metadata: { name: names }
spec: { communities: [{ name: rack, value: "large:65000:7:9" }] }
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: { name: all }
spec: { communities: [rack, "65000:80"] }
${Array.from({ length: SERVICES }, (_, i) => service(`web-${String(i).padStart(3, '0')}`)).join('')}`;

function service(name: string): string {
  return `---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { type: LoadBalancer, ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: ${name} }
subsets: [{ addresses: [{ ip: 10.244.0.1 }] }]
`;
}

describeLab('ask 6: what MetalLB needs FRR for', [bird], () => {
  test('IPv4 and IPv6 on one session with a password, large communities, few UPDATEs', async () => {
    await using subject = await rack(bird, [], {
      password: 'secret',
      more: {
        neighbors: [],
        metallb: { files: ['$DIR/m.yaml'], node: 'node-1', 'state-file': '$DIR/m.json' },
      },
      files: { 'm.yaml': MANIFESTS },
    });
    const four = Array.from({ length: SERVICES }, (_, i) => `198.51.100.${i}/32`);
    const six = Array.from(
      { length: SERVICES },
      (_, i) => `2001:db8:7::${i === 0 ? '' : i.toString(16)}/128`,
    );
    await subject.has(...four, ...six);
    expect(await subject.route('2001:db8:7::1/128')).toMatchObject({
      asPath: [65000],
      communities: ['65000:80'],
      largeCommunities: ['65000:7:9'],
    });
    const { messagesSent, flaps } = await subject.bellhop.neighbor(TOR);
    expect(flaps).toBe(0);
    // One for each family would do; MetalLB sends one for each prefix.
    expect(messagesSent.updates).toBeLessThan(20);
  });
});
