/**
 * Building blocks of the VIP schema: names, endpoints, URLs, status codes, bandwidths. As in `schema-types.ts` each
 * yields the canonical value or a complaint with a hint.
 */
import { z } from 'zod';
import { canonicalAddress, parseAddress } from '../base/address.ts';
import { formatPrefix, parsePrefix } from '../base/prefix.ts';
import { Complaint, numberOrText, parsed, quoted } from './schema-types.ts';
import type { StatusRange } from './vip-types.ts';

/** A host (name or address) and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A name that is one word in commands, log lines and paths. */
export const vipName = parsed(z.string(), (value): string | Complaint =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(value)
    ? value
    : new Complaint(
        `${quoted(value)} is not a name`,
        'write letters, digits, `.`, `_` or `-`, at most 60, such as `web`',
      ),
).meta({ title: 'name' });

/** An address, which stands for itself alone, or a prefix without host bits. Yields canonical prefix text. */
export const addressOrPrefix = parsed(z.string(), (value): string | Complaint => {
  const found = parsePrefix(value);
  if (found === undefined)
    return new Complaint(
      `${quoted(value)} is not an address or prefix`,
      'write `203.0.113.10` or `203.0.113.0/24`',
    );
  const canonical = formatPrefix(found.bytes, found.length);
  const given = parseAddress(value.split('/')[0]!)!;
  if (given.some((byte, i) => byte !== found.bytes[i]))
    return new Complaint(`prefix ${quoted(value)} has host bits set`, `did you mean \`${canonical}\`?`);
  const multicast = given.length === 4 ? given[0]! >= 224 : given[0] === 0xff;
  if (multicast || (found.length === given.length * 8 && given.every((byte) => byte === 0)))
    return new Complaint(`${quoted(value)} is not a unicast address`);
  return canonical;
}).meta({ title: 'address or prefix' });

/** `HOST:PORT` or `[V6]:PORT`. */
export const endpoint = parsed(z.string(), (value): Endpoint | Complaint => {
  const parts = /^\[([^\]]+)\]:(\d{1,5})$/.exec(value) ?? /^([^:[\]\s]+):(\d{1,5})$/.exec(value);
  const port = Number(parts?.[2]);
  if (parts === null || port < 1 || port > 65_535)
    return new Complaint(
      `${quoted(value)} is not a host and a port`,
      'write `127.0.0.1:5432`, `[::1]:5432` or `db.example:5432`',
    );
  const host = parts[1]!;
  return { host: canonicalAddress(host) ?? host, port };
}).meta({ title: 'HOST:PORT' });

/** An absolute `http:` or `https:` URL without user and password. */
export const httpUrl = parsed(z.string(), (value): string | Complaint => {
  const example = 'write `http://127.0.0.1:8080/healthz`';
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol))
    return new Complaint(`${quoted(value)} is not an \`http:\` or \`https:\` URL`, example);
  if (url.username !== '' || url.password !== '')
    return new Complaint('a URL with a password ends up in logs', 'write an `Authorization` header');
  url.hash = '';
  return url.href;
}).meta({ title: 'URL' });

function statusRange(value: number | string): StatusRange | Complaint {
  const digits = /^([1-5])(\d\d|xx)$/.exec(String(value).toLowerCase());
  if (digits === null)
    return new Complaint(`${quoted(value)} is not an HTTP status`, 'write `200`, `2xx` or `[200, 204]`');
  const hundreds = Number(digits[1]) * 100;
  return digits[2] === 'xx'
    ? { low: hundreds, high: hundreds + 99 }
    : { low: hundreds + Number(digits[2]), high: hundreds + Number(digits[2]) };
}

/** `200`, `2xx` or a list of these. */
export const statusCodes = parsed(
  z.union([z.number(), z.string(), z.array(numberOrText).min(1)]),
  (value): readonly StatusRange[] | Complaint => {
    const ranges: StatusRange[] = [];
    for (const entry of Array.isArray(value) ? value : [value]) {
      const range = statusRange(entry);
      if (range instanceof Complaint) return range;
      ranges.push(range);
    }
    return ranges;
  },
).meta({ title: 'status, class or list' });

const UNIT_BITS = new Map([
  ['', 1],
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
  ['t', 1e12],
]);

/** Bits a second with an optional decimal unit: `10G`, `2.5G`, `100M`. Yields bytes a second. */
export const bandwidth = parsed(numberOrText, (value): number | Complaint => {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)([kmgt]?)$/i.exec(String(value));
  const bits = match === null ? Number.NaN : Number(match[1]) * UNIT_BITS.get(match[2]!.toLowerCase())!;
  return bits > 0
    ? bits / 8
    : new Complaint(`${quoted(value)} is not a bandwidth`, 'write bits a second, such as `10G` or `100M`');
}).meta({ title: 'bandwidth' });
