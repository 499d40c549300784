/** What operators do to one neighbor by hand: clear, refresh both ways, disable, enable. */
import { BellhopError } from '../base/errors.ts';
import { MAX_SHUTDOWN_TEXT_BYTES } from '../base/limits.ts';
import { UNICAST_FAMILIES, unicastFamilyByName } from '../wire/families/index.ts';
import { RouteRefreshSubtype, writeRouteRefresh } from '../wire/route-refresh.ts';
import type { Neighbor } from './neighbor.ts';

/** @throws BellhopError INVALID_ARGUMENT for a text that RFC 9003 has no room for. */
export function checkShutdownText(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SHUTDOWN_TEXT_BYTES)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `the message has ${bytes} bytes; ${MAX_SHUTDOWN_TEXT_BYTES} fit (RFC 9003)`,
    );
}

/** Asks the peer to send its routes again (RFC 2918): of one family, or of all. @throws BellhopError. */
export function refreshIn({ connection, negotiated, settings }: Neighbor, family?: string): void {
  const { address } = settings;
  if (negotiated === undefined)
    throw new BellhopError('UNSUPPORTED', `${address} has no session: nothing to refresh`);
  if (!negotiated.routeRefresh)
    throw new BellhopError('UNSUPPORTED', `${address} does not offer route refresh (RFC 2918)`);
  const wanted = family === undefined ? UNICAST_FAMILIES : [unicastFamilyByName(family)];
  for (const spec of wanted) {
    if (spec === undefined) throw new BellhopError('INVALID_ARGUMENT', `unknown family ${family}`);
    if ((negotiated.context.families & (1 << spec.index)) === 0) {
      if (family === undefined) continue;
      throw new BellhopError('UNSUPPORTED', `${family} is not negotiated with ${address}`);
    }
    connection.send(writeRouteRefresh(spec.afi, spec.safi, RouteRefreshSubtype.request));
  }
}

/** Sends the peer all our routes again, as if it had asked. @throws BellhopError. */
export function refreshOut({ index, negotiated, settings, host }: Neighbor): void {
  if (index === undefined || negotiated === undefined)
    throw new BellhopError('UNSUPPORTED', `${settings.address} has no session: nothing to send again`);
  for (const family of UNICAST_FAMILIES)
    if ((negotiated.context.families & (1 << family.index)) !== 0)
      host.engine.refresh(index, family.index, negotiated.enhancedRouteRefresh);
  host.scheduler.kick();
}
