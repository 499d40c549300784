/**
 * Every fault of an UPDATE, with its place and the RFC clause that says what to do about it.
 *
 * The speaker needs the strongest fault only, and {@link UpdateFrame} stops looking at weaker ones. So that there are
 * never two opinions, this file does not judge attributes: it puts each one alone into an otherwise sound UPDATE
 * and asks the frame. Runs only on messages in which the frame found fault.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { NO_BYTES } from '../base/bytes.ts';
import { Disposition, UpdateError } from './attributes/spec.ts';
import { copyBytes } from './message.ts';
import type { WireContext } from './session-context.ts';
import { attributeClause, CLAUSE, promoted } from './update-clauses.ts';
import { describeUpdateFault } from './update-fault.ts';
import { UpdateFrame } from './update-frame.ts';
import type { ReceivedAttribute, ReceivedRoutes } from './update-read.ts';

/** One fault: what it is, where it is, what follows. */
export interface UpdateProblem {
  readonly disposition: Disposition;
  /** Subcode of an UPDATE message error (RFC 4271 section 6.3). */
  readonly subcode: number;
  /** Type code of the attribute at fault, 0 when there is none. */
  readonly attribute: number;
  /** Offset in the bytes that were read. */
  readonly at: number;
  /** What a NOTIFICATION about it would carry; a copy. */
  readonly data: Uint8Array;
  readonly rfc: string;
  /** One clause for people. */
  readonly text: string;
}

/** What `update-read.ts` found. */
export interface Findings {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly context: WireContext;
  /** The frame after its scan of the message. */
  readonly frame: UpdateFrame;
  readonly broken: boolean;
  readonly list: readonly ReceivedAttribute[];
  readonly routes: readonly ReceivedRoutes[];
  readonly tailStart: number;
}

const NEXT_HOP = 3;
const MP_REACH = 14;
const MP_UNREACH = 15;

/** The faults in the order of the message; what is missing comes last. */
export function findProblems(findings: Findings): UpdateProblem[] {
  const { bytes, start, frame, broken, list, routes, tailStart } = findings;
  const { disposition, announces, subcode, faultyAttribute } = frame;
  const problems: UpdateProblem[] = [];
  if (broken) {
    problems.push(problem(disposition, subcode, 0, start, NO_BYTES, CLAUSE.lengths));
    return problems;
  }
  for (const attribute of list) problems.push(...attributeProblems(findings, attribute));
  if (tailStart >= 0) problems.push(overrun(findings));
  for (const field of routes)
    if (field.agreed && field.faultAt >= 0) problems.push(nlriProblem(bytes, field, findings.context));
  problems.sort((a, b) => a.at - b.at);
  if (announces) problems.push(...missingProblems(findings));
  // RFC 7606 section 5.2: what would be a withdrawal ends the session when there is nothing to withdraw.
  const i = problems.findIndex((one) => one.subcode === subcode && one.attribute === faultyAttribute);
  if (disposition === Disposition.sessionReset && i >= 0 && problems[i]!.disposition < disposition)
    problems[i] = {
      ...problems[i]!,
      disposition,
      rfc: promoted(problems[i]!.rfc),
    };
  return problems;
}

function problem(
  disposition: Disposition,
  subcode: number,
  attribute: number,
  at: number,
  data: Uint8Array,
  rfc: string,
): UpdateProblem {
  return { disposition, subcode, attribute, at, data, rfc, text: describeUpdateFault(subcode, attribute) };
}

function attributeProblems(findings: Findings, attribute: ReceivedAttribute): UpdateProblem[] {
  const { bytes } = findings;
  const { code, header, end, state } = attribute;
  const data = copyBytes(bytes, header, end);
  if (state === 'repeated') {
    const isMultiprotocol = code === MP_REACH || code === MP_UNREACH;
    const disposition = isMultiprotocol ? Disposition.sessionReset : Disposition.attributeDiscard;
    return [problem(disposition, UpdateError.malformedAttributeList, code, header, data, CLAUSE.repeated)];
  }
  const verdict = probe(data, code, findings.context);
  if (verdict === undefined) return [];
  const { subcode } = verdict;
  // A next hop without routes of its own is ignored (RFC 4760 section 3); the probe has a route.
  const isUnused = subcode === UpdateError.invalidNextHop && code === NEXT_HOP && !hasPlainRoutes(findings);
  const disposition = isUnused ? Disposition.attributeDiscard : verdict.disposition;
  return [problem(disposition, subcode, code, header, data, attributeClause(subcode, code))];
}

function hasPlainRoutes({ frame }: Findings): boolean {
  return frame.nlriEnd > frame.nlriStart;
}

function overrun({ bytes, frame, tailStart }: Findings): UpdateProblem {
  const end = frame.attributesEnd;
  const isHeader = end - tailStart < 3 || (end - tailStart < 4 && (bytes[tailStart]! & 0x10) !== 0);
  const subcode = isHeader ? UpdateError.malformedAttributeList : UpdateError.attributeLength;
  const code = end - tailStart < 2 ? 0 : bytes[tailStart + 1]!;
  const data = copyBytes(bytes, tailStart, end);
  return problem(Disposition.treatAsWithdraw, subcode, code, tailStart, data, CLAUSE.overrun);
}

function nlriProblem(
  bytes: Uint8Array,
  { place, faultAt, end }: ReceivedRoutes,
  context: WireContext,
): UpdateProblem {
  const code = place === 'mpReach' ? MP_REACH : place === 'mpUnreach' ? MP_UNREACH : 0;
  const subcode = code === 0 ? UpdateError.invalidNetworkField : UpdateError.optionalAttribute;
  const data = copyBytes(bytes, faultAt, end);
  // One family can be closed where its NLRI stands in an attribute of its own, whose end is certain.
  const isFamily = code !== 0 && context.familyDisable === true;
  const disposition = isFamily ? Disposition.disableFamily : Disposition.sessionReset;
  return problem(disposition, subcode, code, faultAt, data, CLAUSE.nlri);
}

function missingProblems({ frame, list, end }: Findings): UpdateProblem[] {
  const mandatory = frame.nlriEnd > frame.nlriStart ? [1, 2, NEXT_HOP] : [1, 2];
  return mandatory
    .filter((code) => !list.some((attribute) => attribute.code === code))
    .map((code) =>
      problem(
        Disposition.treatAsWithdraw,
        UpdateError.missingWellKnown,
        code,
        end,
        Uint8Array.of(code),
        CLAUSE.missing,
      ),
    );
}

/** The mandatory attributes and a prefix, all of them sound. */
const SOUND: readonly (readonly [code: number, wide: readonly number[], narrow: readonly number[]])[] = [
  [1, [0x40, 1, 1, 0], [0x40, 1, 1, 0]],
  [2, [0x40, 2, 6, 2, 1, 0, 0, 0xfc, 0], [0x40, 2, 4, 2, 1, 0xfc, 0]],
  [3, [0x40, 3, 4, 192, 0, 2, 1], [0x40, 3, 4, 192, 0, 2, 1]],
];
const PREFIX = [24, 198, 51, 100];

const probeFrame = new UpdateFrame();

/** What the frame says of one attribute (with its header) alone; undefined when it is content. */
function probe(
  attribute: Uint8Array,
  code: number,
  context: WireContext,
): { readonly disposition: Disposition; readonly subcode: number } | undefined {
  const out = new ByteWriter(attribute.length + 32);
  out.u16(0);
  out.u16(0);
  for (const [sound, wide, narrow] of SOUND)
    if (sound !== code) out.copy(Uint8Array.from(context.as4 ? wide : narrow));
  out.copy(attribute);
  // In the list a length of 65,535 cannot be exceeded, but with sound company it can.
  if (out.length - 4 > 0xffff) return undefined;
  out.patchU16(2, out.length - 4);
  // With ADD-PATH a path identifier would come first; nobody reads the prefix here.
  out.copy(Uint8Array.from(PREFIX));
  const disposition = probeFrame.scan(out.bytes, 0, out.length, context);
  if (disposition === Disposition.accept) return undefined;
  return { disposition, subcode: probeFrame.subcode };
}
