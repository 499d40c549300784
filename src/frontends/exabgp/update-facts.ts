/** An UPDATE in the shape that both encodings want: routes by family and next hop. */
import { Disposition } from '../../wire/attributes/spec.ts';
import type { PrefixNlri } from '../../wire/families/nlri-prefix.ts';
import type { ReceivedRoutes, ReceivedUpdate } from '../../wire/update-read.ts';

/** Routes of one family with one next hop; `ipv4 unicast`. */
export interface FamilyRoutes {
  readonly family: string;
  /** undefined for routes that are withdrawn. */
  readonly nextHop: string | undefined;
  readonly routes: readonly PrefixNlri[];
}

export interface UpdateFacts {
  readonly announced: readonly FamilyRoutes[];
  readonly withdrawn: readonly FamilyRoutes[];
}

/** What the UPDATE says; routes that RFC 7606 takes for withdrawn are. */
export function updateFacts(update: ReceivedUpdate): UpdateFacts {
  const fields = update.routes.flatMap((field) => fieldOf(field, update));
  const isTrusted =
    update.disposition === Disposition.accept || update.disposition === Disposition.attributeDiscard;
  const announced = fields.filter(({ nextHop }) => nextHop !== undefined);
  const withdrawn = fields.filter(({ nextHop }) => nextHop === undefined);
  if (isTrusted) return { announced, withdrawn };
  return {
    announced: [],
    withdrawn: [...withdrawn, ...announced.map((one) => ({ ...one, nextHop: undefined }))],
  };
}

function fieldOf({ place, family, agreed, values }: ReceivedRoutes, update: ReceivedUpdate): FamilyRoutes[] {
  if (family === undefined || !agreed || values === undefined) return [];
  const routes = values.filter(
    (value): value is PrefixNlri => typeof (value as Partial<PrefixNlri>).prefix === 'string',
  );
  if (routes.length === 0) return [];
  const isReach = place === 'nlri' || place === 'mpReach';
  const nextHop = place === 'nlri' ? update.attributes.nextHop?.address : update.attributes.mpReach?.nextHop;
  return [{ family: family.name.replace('-', ' '), nextHop: isReach ? (nextHop ?? '') : undefined, routes }];
}
