/** Manifests as text, evaluated. */
import { type Evaluation, evaluate } from '../../../src/frontends/metallb/evaluate.ts';
import { EMPTY_HOLDING, heldObjects, hold } from '../../../src/frontends/metallb/holding.ts';
import { objectStatuses } from '../../../src/frontends/metallb/object-status.ts';
import type { MetallbObject } from '../../../src/frontends/metallb/status.ts';
import { configOf } from '../../speaker/fixtures.ts';

export interface EvaluateOptions {
  readonly previous?: ReadonlyMap<string, readonly string[]>;
  /** More of the configuration file. */
  readonly more?: string;
  readonly labels?: string;
}

/** What comes of files, by name. */
export function evaluateFiles(
  files: Readonly<Record<string, string>>,
  { previous = new Map(), more = '', labels = '{}' }: EvaluateOptions = {},
): Evaluation {
  const config = configOf(`
as: 64500
router-id: 10.0.0.1
metallb: { files: [manifests], node: node-1, node-labels: ${labels} }
${more}`);
  const objects = heldObjects(hold(EMPTY_HOLDING, new Map(Object.entries(files))));
  return evaluate({ objects, config, metallb: config.metallb!, previous });
}

/** What comes of the documents of one file. */
export function evaluateText(text: string, options?: EvaluateOptions): Evaluation {
  return evaluateFiles({ 'a.yaml': text }, options);
}

/** The object of this kind and name. */
export function objectOf(evaluation: Evaluation, kind: string, name: string): MetallbObject {
  const found = objectStatuses(evaluation).find((object) => object.kind === kind && object.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

export const PEER = `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: tor }
spec: { myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.2 }
---`;

export function pool(addresses: string, more = '', name = 'pool'): string {
  return `
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: ${name} }
spec: { addresses: [${addresses}]${more} }
---`;
}

export const EVERYTHING = `
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: { name: all }
---`;

/** A LoadBalancer with a ready endpoint. */
export function service(name: string, spec = '', metadata = ''): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}${metadata} }
spec: { type: LoadBalancer, ports: [{ port: 80 }]${spec} }
---
{ apiVersion: v1, kind: Endpoints, metadata: { name: ${name} }, subsets: [{ addresses: [{ ip: 10.244.0.1 }] }] }
---`;
}
