/**
 * Ask 5 (MetalLB #485, GoBGP #2006, Cilium #22394, kube-vip #582, ExaBGP #1037): BFD, for failover below a second.
 * bellhop has none. What it has instead, and that it says so to whoever asks for it.
 */
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { parseConfig } from '../../src/config/load.ts';
import { bird } from '../interop/lab/bird.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually } from '../interop/lab/process.ts';
import { rack, TOR } from '../interop/lab/rack.ts';

const VIP = '203.0.113.10/32';
const WEB = { name: 'web', addresses: ['203.0.113.10'] };

const MANIFESTS = `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: tor }
spec: { myASN: 65000, peerASN: 65001, peerAddress: ${TOR}, connectTime: 1s, bfdProfile: fast }
---
apiVersion: metallb.io/v1beta1
kind: BFDProfile
metadata: { name: fast }
spec: { receiveInterval: 100, transmitInterval: 100 }
`;

describeLab('ask 5: BFD', [bird], () => {
  test('who writes `bfd` in the configuration is told what to write instead', () => {
    const loaded = parseConfig(
      `as: 65000\nrouter-id: 10.0.0.1\nneighbors:\n  - address: ${TOR}\n    peer-as: 65001\n    bfd: true\n`,
      'lab.yaml',
    );
    expect(loaded.ok ? [] : loaded.errors.map((error) => formatDiagnostic(error, 'error'))).toEqual([
      `lab.yaml:6:5: error: unknown key \`bfd\`
    6 |     bfd: true
      |     ^^^ bellhop has no BFD; a small \`hold-time\` (from 3s) finds a dead peer`,
    ]);
  });

  test('a MetalLB peer with a bfdProfile comes up, and says what it lacks', async () => {
    await using subject = await rack(bird, [], {
      more: {
        neighbors: [],
        metallb: { files: ['$DIR/m.yaml'], node: 'node-1', 'state-file': '$DIR/m.json' },
      },
      files: { 'm.yaml': MANIFESTS },
    });
    const said = await subject.bellhop.command('show', 'metallb');
    expect(said).toContain('bfdProfile fast: bellhop has no BFD; the hold time finds a dead peer');
    expect(said).toMatch(/BFDProfile +fast +not obeyed[\s\S]*BFDProfile fast: bellhop has no BFD/);
  });

  test('hold-time 3s: a bellhop that stands still is given up by the router, a router that does by bellhop', async () => {
    await using subject = await rack(bird, [WEB], { neighbor: { 'hold-time': '3s' } });
    await subject.has(VIP);
    subject.bellhop.process.signal('SIGSTOP');
    await subject.has();
    expect(subject.tor.process.log).toMatch(/Hold timer expired/i);
    subject.bellhop.process.signal('SIGCONT');
    await subject.has(VIP);

    subject.tor.process.signal('SIGSTOP');
    await eventually(
      async () =>
        expect((await subject.bellhop.neighbor(TOR)).lastError).toMatchObject({
          code: 4,
          direction: 'sent',
        }),
      { what: 'the hold timer', timeout: 20_000 },
    );
    // The first broken link is the session, and not the service.
    await expect(subject.bellhop.command('doctor', 'web')).rejects.toThrow(
      /=> BROKEN +peer 10\.0\.0\.2[^\n]*session is/,
    );
    subject.tor.process.signal('SIGCONT');
    await subject.has(VIP);
  });
});
