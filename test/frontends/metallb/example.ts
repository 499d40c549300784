/**
 * The twelve examples: manifests as users of MetalLB write them, the configuration of the routers beside them, and what
 * is expected. Read here for the tests that evaluate them and for those that run them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { configOf } from '../../speaker/fixtures.ts';

const EXAMPLES = join(import.meta.dirname, 'examples');

export interface ExpectedRoute {
  readonly asPath?: readonly number[];
  readonly nextHop?: string;
  readonly localPref?: number;
  /** Default none. */
  readonly communities?: readonly string[];
  readonly largeCommunities?: readonly string[];
}

export interface Expected {
  /** More of bellhop's configuration. */
  readonly as?: number;
  readonly 'node-labels'?: Readonly<Record<string, string>>;
  /** By kind and name; with the namespace for services. Those that are not named must not exist. */
  readonly objects: Readonly<Record<string, ExpectedObject>>;
  /** By router: addresses of ours that it has a session with. */
  readonly sessions: Readonly<Record<string, readonly string[]>>;
  /** By router, by prefix. */
  readonly routes: Readonly<Record<string, Readonly<Record<string, ExpectedRoute>>>>;
  /** By router: arguments of bgpd. */
  readonly arguments?: Readonly<Record<string, readonly string[]>>;
  /** By router: addresses of its loopback interface, with our route to them. */
  readonly loopbacks?: Readonly<Record<string, string>>;
}

/** Part of a MetallbObject; `state` is accepted and there are no notes unless it says otherwise. */
export interface ExpectedObject {
  readonly state?: string;
  readonly reason?: string;
  readonly notes?: readonly string[];
  readonly announced?: Readonly<Record<string, readonly string[]>>;
  readonly [key: string]: unknown;
}

export interface Example {
  readonly name: string;
  readonly directory: string;
  /** Pattern of its manifests. */
  readonly manifests: string;
  readonly routers: readonly string[];
  readonly expected: Expected;
}

export const examples: readonly Example[] = readdirSync(EXAMPLES)
  .sort()
  .map((name) => {
    const directory = join(EXAMPLES, name);
    return {
      name,
      directory,
      manifests: join(directory, 'manifests/*.yaml'),
      routers: ['tor-a', 'tor-b'].filter((router) => existsSync(join(directory, `${router}.conf`))),
      expected: parse(readFileSync(join(directory, 'expected.yaml'), 'utf8')) as Expected,
    };
  });

/** The part of bellhop's configuration that an example needs, as an object. */
export function configurationOf(
  { manifests, expected }: Example,
  stateFile: string,
): Record<string, unknown> {
  return {
    as: expected.as ?? 64500,
    'router-id': '10.0.1.1',
    metallb: {
      files: [manifests],
      node: 'node-1',
      'node-labels': expected['node-labels'] ?? {},
      'state-file': stateFile,
    },
  };
}

/** The same, checked. */
export function configOfExample(example: Example, stateFile: string) {
  return configOf(JSON.stringify(configurationOf(example, stateFile)));
}
