/**
 * RouteSet: the routes of one owner, brought from one set to the next in slices. What is not wanted any more goes first.
 */
import type { OwnRoute, OwnRouteChange, OwnRoutes } from '../../speaker/own-routes.ts';
import { inSlices } from './slices.ts';

export class RouteSet {
  readonly #routes: OwnRoutes;
  readonly #owner: string;
  /** What was handed over, as text, by prefix. */
  readonly #announced = new Map<string, string>();

  constructor(routes: OwnRoutes, owner: string) {
    this.#routes = routes;
    this.#owner = owner;
  }

  /**
   * Announces and withdraws until these are the routes, or `wanted` says no; tells what that changed.
   * @throws BellhopError of `OwnRoutes`; what was done before stays, and the next call goes on from there.
   */
  async become(routes: readonly OwnRoute[], wanted: () => boolean): Promise<OwnRouteChange> {
    const change = { announced: 0, changed: 0, withdrawn: 0 };
    const prefixes = new Set(routes.map(({ prefix }) => prefix));
    const old = [...this.#announced.keys()].filter((prefix) => !prefixes.has(prefix));
    const withdraw = (prefix: string): void => {
      this.#announced.delete(prefix);
      if (this.#routes.withdraw(this.#owner, prefix)) change.withdrawn++;
    };
    const announce = (route: OwnRoute): void => {
      const text = JSON.stringify(route);
      const before = this.#announced.get(route.prefix);
      if (before === text) return;
      this.#routes.announce(this.#owner, route);
      this.#announced.set(route.prefix, text);
      if (before === undefined) change.announced++;
      else change.changed++;
    };
    if (await inSlices(old, withdraw, wanted)) await inSlices(routes, announce, wanted);
    return change;
  }

  /** Withdraws everything at once. */
  clear(): OwnRouteChange {
    this.#announced.clear();
    return { announced: 0, changed: 0, withdrawn: this.#routes.remove(this.#owner) };
  }
}
