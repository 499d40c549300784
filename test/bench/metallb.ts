/**
 * How long MetalLB manifests keep bellhop from its sessions: `node --max-semi-space-size=1 --no-maglev
 * test/bench/metallb.ts [--megabytes 1] [--form documents|'one list']` (the options of `bin/bellhop.js`) has so much YAML read at a start, and again
 * when one service has changed; as documents, and as the one list that `kubectl get -o yaml` prints. Prints how long
 * that took and the longest times in which the event loop did nothing else, with what timers of another process suffered.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseConfig } from '../../src/config/load.ts';
import { attachMetallbLog } from '../../src/frontends/metallb/events.ts';
import { Metallb } from '../../src/frontends/metallb/metallb.ts';
import { createLog } from '../../src/speaker/log.ts';
import { Speaker } from '../../src/speaker/speaker.ts';
import { latenessText, measureMachine, measureOwnWork } from './machine-lateness.ts';

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1' }, form: { type: 'string' } },
});
const BYTES = Number(values.megabytes) * 1e6;

const BASE = `apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: tor }
spec: { myASN: 64500, peerASN: 64501, peerAddress: 127.0.0.99 }
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: pool }
spec: { addresses: [10.64.0.0/12] }
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: { name: all }
`;

/** A service and its endpoints, as two documents. */
function objectsOf(i: number): string[] {
  return [
    `apiVersion: v1
kind: Service
metadata:
  name: web-${i}
  namespace: default
  labels:
    app: web-${i}
spec:
  type: LoadBalancer
  ports:
  - name: http
    port: 80
    protocol: TCP
  selector:
    app: web-${i}
`,
    `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: web-${i}-abc
  labels:
    kubernetes.io/service-name: web-${i}
addressType: IPv4
endpoints:
- addresses:
  - 10.244.${i >> 8}.${i & 255}
  conditions:
    ready: true
    serving: true
ports:
- name: http
  port: 8080
`,
  ];
}

const FORMS = {
  documents: (objects: readonly string[]) => objects.join('---\n'),
  'one list': (objects: readonly string[]) =>
    `apiVersion: v1\nkind: List\nitems:\n${objects.map((text) => text.replace(/^/gm, '  ').replace('  ', '- ').trimEnd()).join('\n')}\n`,
};

let longestCollection = 0;
const collections = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestCollection = Math.max(longestCollection, duration);
});
collections.observe({ entryTypes: ['gc'] });

const objects: string[] = [];
for (let i = 0, length = 0; length < BYTES; i++) {
  const two = objectsOf(i);
  objects.push(...two);
  length += two.join('').length;
}
console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, ${process.execArgv.join(' ')}`);

for (const [form, textOf] of Object.entries(FORMS)) {
  if (values.form !== undefined && values.form !== form) continue;
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  mkdirSync(join(folder, 'm'));
  writeFileSync(join(folder, 'm/base.yaml'), BASE);
  const file = join(folder, 'm/services.yaml');
  const text = textOf(objects);
  writeFileSync(file, text);
  const loaded = parseConfig(
    `as: 64500
router-id: 10.0.0.1
listen: []
metallb: { files: ["${folder}/m/*.yaml"], node: node-1, state-file: "${folder}/state.json" }`,
    'bench.yaml',
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const speaker = new Speaker(loaded.config);
  await speaker.start();
  const metallb = new Metallb(speaker);
  let lines = 0;
  const sink = { write: () => void lines++ };
  attachMetallbLog(metallb, await createLog({ format: 'json', level: 'info', sink }));
  await sleep(200);
  const rest = process.memoryUsage.rss();
  const run = async (what: string, work: () => Promise<unknown>) => {
    const machine = await measureMachine();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const ownWork = measureOwnWork(1);
    const from = performance.now();
    await work();
    const elapsed = performance.now() - from;
    await sleep(500);
    delay.disable();
    const longest = ownWork();
    const late = { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
    console.log(
      `${form}, ${(text.length / 1e6).toFixed(2)} MB, ${what}: in force after ${Math.round(elapsed)} ms; event loop kept for ${latenessText(late)}, its own work at most ${longest.toFixed(1)} ms, longest collection ${longestCollection.toFixed(1)} ms; timers of another process late by ${latenessText(await machine())}`,
    );
  };
  await run('start', () => metallb.start());
  const changed = new Promise<void>((resolve) => {
    metallb.subscribe((event) => {
      if (event.type === 'metallbRoutes') resolve();
    });
  });
  await run('one service changes', async () => {
    writeFileSync(file, text.replace('type: LoadBalancer', 'type: ClusterIP'));
    await changed;
  });
  console.log(
    `${speaker.ownRoutes.countOf('metallb')} routes of ${objects.length} objects, ${lines} log lines; ${Math.round((process.memoryUsage.rss() - rest) / 2 ** 20)} MiB more than before`,
  );
  metallb.stop();
  await speaker.stop('done');
  rmSync(folder, { recursive: true });
}
process.exit();
