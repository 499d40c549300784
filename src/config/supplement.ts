/**
 * Supplement: neighbors and policies that come from elsewhere than the configuration file, such as the manifests of
 * MetalLB, and count as if they stood in it. The file goes before: its neighbors are never displaced.
 */
import type { Policy } from '../policy/types.ts';
import type { Config, NeighborConfig } from './types.ts';

export interface Supplement {
  readonly neighbors: readonly NeighborConfig[];
  readonly policies: readonly Policy[];
}

export const EMPTY_SUPPLEMENT: Supplement = { neighbors: [], policies: [] };

/** The configuration with what supplements it. */
export function supplemented(config: Config, { neighbors, policies }: Supplement): Config {
  if (neighbors.length === 0 && policies.length === 0) return config;
  const configured = new Set(config.neighbors.map(({ address }) => address));
  return {
    ...config,
    neighbors: [...config.neighbors, ...neighbors.filter(({ address }) => !configured.has(address))],
    policies: [...config.policies, ...policies],
  };
}
