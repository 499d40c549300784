/**
 * Skins: summary and routes in the layout of another daemon's command line, for eyes and scripts that are used to it.
 * What bellhop has no number for is shown as that tool shows nothing (`0`, `-`, `N/A`).
 */
import type { RouteEntry, Summary } from '../../api/types.ts';
import { birdcRoutes, birdcSummary } from './birdc.ts';
import { frrRoutes, frrSummary } from './frr.ts';
import { gobgpRoutes, gobgpSummary } from './gobgp.ts';

export const SKINS = ['gobgp', 'frr', 'birdc'] as const;
export type SkinName = (typeof SKINS)[number];

export interface Skin {
  /** `gobgp neighbor`, `show bgp summary`, `show protocols`. */
  summary(summary: Summary, now: number): string;
  /** `gobgp global rib`, `show bgp`, `show route`. */
  routes(routes: readonly RouteEntry[]): string;
}

export const SKIN_BY_NAME: Readonly<Record<SkinName, Skin>> = {
  gobgp: { summary: gobgpSummary, routes: gobgpRoutes },
  frr: { summary: frrSummary, routes: frrRoutes },
  birdc: { summary: birdcSummary, routes: birdcRoutes },
};
