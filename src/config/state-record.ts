/**
 * Lines of the state file: what was decided while bellhop was running and is to survive it. One JSON object a line;
 * later lines count.
 */
import { z } from 'zod';
import { fileRoute, fileRouteSchema, type RouteFields, routeOfFile } from './route-file.ts';

/** The first line. */
export const STATE_HEADER = '{"bellhop-state":1}';

export type StateRecord =
  /** `expires` in milliseconds since 1970. */
  | {
      readonly type: 'announce';
      readonly owner: string;
      readonly route: RouteFields;
      readonly expires: number | undefined;
    }
  | { readonly type: 'withdraw'; readonly owner: string; readonly prefix: string }
  | { readonly type: 'disable'; readonly neighbor: string; readonly message: string; readonly since: string }
  | { readonly type: 'enable'; readonly neighbor: string };

const lineSchema = z.union([
  z.strictObject({ announce: z.string(), route: fileRouteSchema, expires: z.number().optional() }),
  z.strictObject({ withdraw: z.string(), prefix: z.string() }),
  z.strictObject({ disable: z.string(), message: z.string(), since: z.iso.datetime() }),
  z.strictObject({ enable: z.string() }),
]);

/** The line of a record, without its end. */
export function stateLine(record: StateRecord): string {
  switch (record.type) {
    case 'announce':
      return JSON.stringify({
        announce: record.owner,
        route: fileRoute(record.route),
        expires: record.expires,
      });
    case 'withdraw':
      return JSON.stringify({ withdraw: record.owner, prefix: record.prefix });
    case 'disable':
      return JSON.stringify({ disable: record.neighbor, message: record.message, since: record.since });
    case 'enable':
      return JSON.stringify({ enable: record.neighbor });
  }
}

/** The record of a line; undefined when it is not one. */
export function parseStateLine(line: string): StateRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { data } = lineSchema.safeParse(json);
  if (data === undefined) return undefined;
  if ('announce' in data)
    return { type: 'announce', owner: data.announce, route: routeOfFile(data.route), expires: data.expires };
  if ('withdraw' in data) return { type: 'withdraw', owner: data.withdraw, prefix: data.prefix };
  if ('disable' in data)
    return { type: 'disable', neighbor: data.disable, message: data.message, since: data.since };
  return { type: 'enable', neighbor: data.enable };
}
