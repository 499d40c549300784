/** Which routes of our own a configuration would announce, change or withdraw. */
import type { Config } from '../config/types.ts';
import { sameRoute } from './own-route-equal.ts';
import { CONFIG_OWNER } from './own-routes.ts';
import type { Speaker } from './speaker.ts';

/** What happens to the networks of the configuration among all routes of our own. */
export interface PlannedRoutes {
  /** Prefixes. */
  readonly announced: readonly string[];
  /** Announced with other attributes, or for another owner. */
  readonly changed: readonly string[];
  readonly withdrawn: readonly string[];
}

/** Other owners may want the same prefixes: they take over, or have to wait. */
export function plannedRoutes(speaker: Speaker, config: Config): PlannedRoutes {
  const { ownRoutes } = speaker;
  const now = ownRoutes.entries(CONFIG_OWNER).map(({ route }) => route);
  const before = new Map(now.map((route) => [route.prefix, route]));
  const announced: string[] = [];
  const changed: string[] = [];
  for (const route of speaker.configRoutes(config)) {
    const { prefix } = route;
    const old = before.get(prefix);
    before.delete(prefix);
    if (old === undefined) (ownRoutes.ownersOf(prefix).length === 0 ? announced : changed).push(prefix);
    else if (!sameRoute(old, route)) changed.push(prefix);
  }
  const withdrawn: string[] = [];
  for (const prefix of before.keys()) {
    const others = ownRoutes.ownersOf(prefix).some((owner) => owner !== CONFIG_OWNER);
    (others ? changed : withdrawn).push(prefix);
  }
  return { announced, changed, withdrawn };
}
