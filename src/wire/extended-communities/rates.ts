/**
 * An AS number and a rate as IEEE 754 single precision: link bandwidth and the rate limits of flow specifications.
 *
 * JavaScript prints the shortest text that gives the same number back, so nothing is lost; infinities and what is no
 * number are not said and stay hexadecimal.
 */
import { type ExtendedCommunitySpec, parseNumber } from './spec.ts';

const view = new DataView(new ArrayBuffer(4));

const form: Pick<ExtendedCommunitySpec, 'format' | 'parse'> = {
  format(head, low) {
    view.setUint32(0, low);
    return `${head}:${view.getFloat32(0)}`;
  },
  parse(text) {
    const match = /^(\d{1,5}):(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.exec(text);
    const head = parseNumber(match?.[1] ?? '', 0xffff);
    const rate = Number(match?.[2]);
    if (head === undefined || !Number.isFinite(rate)) return undefined;
    view.setFloat32(0, rate);
    return { head, low: view.getUint32(0) };
  },
};

export const rateCommunities: readonly ExtendedCommunitySpec[] = [
  // Bytes per second; the transitive type is in use as well (draft-ietf-idr-link-bandwidth).
  {
    code: 0x4004,
    name: 'link-bandwidth',
    aliases: ['bandwidth'],
    rfc: 'draft-ietf-idr-link-bandwidth section 2',
    ...form,
  },
  {
    code: 0x0004,
    name: 'transitive-link-bandwidth',
    rfc: 'draft-ietf-idr-link-bandwidth section 2',
    ...form,
  },
  { code: 0x8006, name: 'traffic-rate', aliases: ['rate-limit'], rfc: 'RFC 8955 section 7.1', ...form },
  { code: 0x800c, name: 'traffic-rate-packets', rfc: 'RFC 8955 section 7.2', ...form },
];
