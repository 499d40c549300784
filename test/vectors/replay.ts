/**
 * Replays an error fixture through the codec and the engine, as a speaker would meet the message, and says what came of
 * it in the words of the fixture.
 */
import { parseIpv4 } from '../../src/base/address.ts';
import { fromHex } from '../../src/base/bytes.ts';
import type { ErrorFixture } from '../../src/cli/format/error-fixture.ts';
import { localCapabilities } from '../../src/fsm/local-open.ts';
import { negotiate } from '../../src/fsm/negotiate.ts';
import { openFieldOffset } from '../../src/speaker/malformed.ts';
import { attributeByCode } from '../../src/wire/attributes/index.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { type FamilyName, familyByName } from '../../src/wire/families/index.ts';
import { updateFaultAt } from '../../src/wire/fault-place.ts';
import { Framer } from '../../src/wire/framer.ts';
import { HEADER_LENGTH, MessageType } from '../../src/wire/message.ts';
import type { NotificationData } from '../../src/wire/notification.ts';
import { readOpen } from '../../src/wire/open.ts';
import { readRouteRefresh } from '../../src/wire/route-refresh.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { Bench, peerParams } from '../engine/harness.ts';

export type { ErrorFixture } from '../../src/cli/format/error-fixture.ts';

type Outcome = ErrorFixture['expect'];

/** What is made of the message; undefined when nothing is wrong with it. */
export function replay(fixture: ErrorFixture): Outcome | undefined {
  const bytes = fromHex(fixture.hex);
  const ended = fixture.context === undefined ? 'connection-closed' : 'session-reset';
  let outcome: Outcome | undefined;
  const framer = new Framer({
    message(type, body, start, end) {
      if (type === MessageType.open) outcome = replayOpen(fixture, body, start, end);
      else if (type === MessageType.update) outcome = replayUpdate(fixture, body, start, end);
      else if (type === MessageType.routeRefresh) {
        const result = readRouteRefresh(body, start, end);
        if (!result.ok) outcome = { disposition: ended, ...codes(result.notification), offset: 16 };
      }
    },
  });
  framer.extendedMessage = fixture.context?.extendedMessage ?? false;
  const error = framer.push(bytes);
  if (error === undefined) return outcome;
  return { disposition: ended, ...codes(error), offset: framer.fault!.offset };
}

function codes({ code, subcode }: NotificationData): Pick<Outcome, 'code' | 'subcode'> {
  return { code, subcode };
}

function replayOpen(
  { local }: ErrorFixture,
  bytes: Uint8Array,
  start: number,
  end: number,
): Outcome | undefined {
  const result = readOpen(bytes, start, end);
  const disposition = 'connection-closed';
  if (!result.ok)
    return { disposition, ...codes(result.notification), offset: result.at - start + HEADER_LENGTH };
  if (local === undefined) return undefined;
  const families = local.families as readonly FamilyName[];
  const outcome = negotiate(
    {
      localAs: local.localAs,
      routerId: parseIpv4(local.routerId)!,
      peerAs: local.peerAs,
      passive: true,
      holdTimeSeconds: 90,
      minimumHoldTimeSeconds: local.minimumHoldTimeSeconds,
      connectRetrySeconds: 1,
      idleHoldSeconds: 1,
      idleHoldMaximumSeconds: 1,
      capabilities: localCapabilities({
        as: local.localAs,
        families,
        fourOctetAs: true,
        extendedMessage: true,
      }),
      families,
    },
    result.open,
  );
  if (outcome.ok) return undefined;
  const { code, subcode } = outcome.notification;
  return { disposition, code, subcode, offset: openFieldOffset(subcode) };
}

const NAMES: Readonly<Record<number, Outcome['disposition']>> = {
  [Disposition.attributeDiscard]: 'attribute-discard',
  [Disposition.treatAsWithdraw]: 'treat-as-withdraw',
  [Disposition.disableFamily]: 'disable-family',
  [Disposition.sessionReset]: 'session-reset',
};

function replayUpdate(
  fixture: ErrorFixture,
  bytes: Uint8Array,
  start: number,
  end: number,
): Outcome | undefined {
  const context = wireContext(fixture);
  const { engine } = new Bench();
  const peer = engine.addPeer({ ...peerParams({}, { push: () => true }), context })!;
  const disposition = engine.ingest(peer, bytes, start, end);
  if (disposition === Disposition.accept) return undefined;
  const { subcode, faultyAttribute: code } = engine.frame;
  return {
    disposition: NAMES[disposition]!,
    code: 3,
    subcode,
    ...(code !== 0 && { attribute: attributeByCode[code]?.name ?? `attribute ${code}` }),
    offset: updateFaultAt(engine.frame, bytes, start, end, context) - start + HEADER_LENGTH,
  };
}

function wireContext({ context, description }: ErrorFixture): WireContext {
  if (context === undefined) throw new Error(`an UPDATE needs a context: ${description}`);
  const { families, extendedNextHop, addPath = [], ...flags } = context;
  return {
    ...flags,
    families: bits(families),
    extendedNextHop: bits(extendedNextHop),
    addPath: bits(addPath),
  };
}

function bits(names: readonly string[]): number {
  return names.reduce((sum, name) => sum | (1 << familyByName(name)!.index), 0);
}
