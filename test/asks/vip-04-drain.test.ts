/** Ask 4 (MetalLB #2677, antrea #8355, FRR #6246): say that we are going, wait, and only then go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bird } from '../interop/lab/bird.ts';
import { frr } from '../interop/lab/frr.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually } from '../interop/lab/process.ts';
import { rack, TOR } from '../interop/lab/rack.ts';

const VIP = '203.0.113.10/32';
const NETWORK = '192.0.2.0/24';
const WEB = { name: 'web', addresses: ['203.0.113.10'] };
const GRACEFUL_SHUTDOWN = '65535:0';

describeLab('ask 4: graceful shutdown', [bird, frr], () => {
  test('drain: FRR hears the community, then the withdrawal; undrain at any stage', async () => {
    await using subject = await rack(frr, [WEB]);
    await subject.has(VIP);
    await subject.bellhop.command('drain', 'web', '--grace', '1h', '--no-wait');
    const marks = async () =>
      (await subject.route(VIP))?.communities.map((one) =>
        one === 'graceful-shutdown' || one === 'gracefulShutdown' ? GRACEFUL_SHUTDOWN : one,
      );
    await eventually(async () => expect(await marks()).toEqual([GRACEFUL_SHUTDOWN]), { what: 'the mark' });
    await subject.bellhop.command('undrain', 'web');
    await eventually(async () => expect(await marks()).toEqual([]), { what: 'no mark' });
    expect(await subject.bellhop.command('drain', 'web', '--grace', '200ms')).toMatch(
      /GRACEFUL_SHUTDOWN with all peers after .* ms; withdrawn, with all peers after/,
    );
    await subject.has();
  });

  test('SIGTERM: mark, wait, withdraw, Cease with a message; the iBGP router sees LOCAL_PREF 0 meanwhile', async () => {
    await using subject = await rack(bird, [WEB], {
      torAs: 65000,
      more: { 'drain-on-stop': '1h', networks: [{ prefix: NETWORK }] },
    });
    await subject.has(NETWORK, VIP);
    subject.bellhop.process.signal('SIGTERM');
    for (const prefix of [VIP, NETWORK])
      await eventually(
        async () =>
          expect(await subject.route(prefix)).toMatchObject({
            communities: [GRACEFUL_SHUTDOWN],
            localPref: 0,
          }),
        { what: `the mark of ${prefix}` },
      );
    expect(subject.bellhop.process.running).toBe(true);
    // Whoever stops it by hand need not wait for an hour. Two signals within 100 ms would be one.
    await sleep(150);
    subject.bellhop.process.signal('SIGTERM');
    await eventually(() => expect(subject.bellhop.process.status?.code).toBe(0), { what: 'the end' });
    await subject.has();
    expect(subject.tor.process.log).toMatch(/Received: Administrative shutdown.*bellhop is shutting down/);
    const { log } = subject.bellhop.process;
    expect(log.indexOf('"event":"vipWithdrawn"')).toBeGreaterThan(0);
    expect(log.indexOf('"event":"vipWithdrawn"')).toBeLessThan(
      log.indexOf('stopped: bellhop is shutting down'),
    );
  });

  test('a MetalLB node goes: its services are marked, then withdrawn, by hand and at SIGTERM', async () => {
    await using subject = await rack(bird, [], {
      more: {
        neighbors: [],
        'drain-on-stop': '1h',
        metallb: { files: ['$DIR/m.yaml'], node: 'node-1', 'state-file': '$DIR/m.json' },
      },
      files: { 'm.yaml': MANIFESTS },
    });
    const service = '198.51.100.0/32';
    const marked = () =>
      eventually(
        async () => expect((await subject.route(service))?.communities).toEqual([GRACEFUL_SHUTDOWN]),
        { what: 'the mark' },
      );
    await subject.has(service);
    expect((await subject.route(service))?.communities).toEqual([]);
    expect(await subject.bellhop.command('drain', '--all', '--grace', '500ms')).toMatch(
      /^MetalLB: GRACEFUL_SHUTDOWN with all peers after .* ms; withdrawn, with all peers after .* ms$/m,
    );
    await subject.has();
    expect(await subject.bellhop.command('show', 'metallb')).toContain(
      'drained; `bellhop undrain --all` ends that',
    );
    expect(await subject.bellhop.command('undrain', '--all')).toBe('MetalLB: not drained\n');
    await subject.has(service);

    subject.bellhop.process.signal('SIGTERM');
    await marked();
    await sleep(150);
    subject.bellhop.process.signal('SIGTERM');
    await eventually(() => expect(subject.bellhop.process.status?.code).toBe(0), { what: 'the end' });
    await subject.has();
    expect(subject.bellhop.process.log).toMatch(/drain: withdrawal with all peers after/);
  });

  test('one session alone is prepared for its end, by reload', async () => {
    await using subject = await rack(bird, [WEB]);
    await subject.has(VIP);
    subject.reload({ neighbors: [{ ...subject.neighbor, 'graceful-shutdown': true }] });
    await eventually(
      async () => expect((await subject.route(VIP))?.communities).toEqual([GRACEFUL_SHUTDOWN]),
      { what: 'the mark' },
    );
    expect(await subject.bellhop.neighbor(TOR)).toMatchObject({ state: 'Established', flaps: 0 });
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
spec: { type: LoadBalancer, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: web }
subsets: [{ addresses: [{ ip: 10.244.0.1 }] }]
`;
