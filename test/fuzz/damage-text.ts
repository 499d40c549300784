/** Numbers and texts that are nearly right, and those that are not. */
import type { Random } from '../../src/fuzz/random.ts';

/** At the edges of fields, beyond them, and no whole ones. */
export const NUMBERS = [
  ...[-1, 0, 1, 2, 3, 4, 6, 0.5, 63, 127, 128, 255, 256, 4095, 4096, 65535, 65536, 0x7ffff, 0x80000],
  ...[0xfffff, 0x100000, 0x800000, 0xffffff, 0x1000000, 0xffffffff, 2 ** 32, 2 ** 53, 2 ** 64, 1e21],
];

/** Right in one place and wrong in all others, or wrong everywhere. */
export const TEXTS = [
  '',
  ' ',
  '0x',
  '0x0',
  '0xzz',
  '0X12 !=0x',
  'true',
  'false',
  '=80&>=1',
  '=1  =2',
  '&=1',
  '=18446744073709551616',
  '!=syn+nothing',
  '!syn+ack 0x12',
  '0.0.0.0',
  '192.0.2.1',
  '192.0.2.1/33',
  '192.0.2.1/24',
  '300.1.1.1',
  '1.2.3.4/',
  '2001:db8::1',
  '2001:db8::/129',
  '2001:db8::/32',
  '2001:db8::/32 offset 32',
  'fe80::1%eth0',
  '::ffff:192.0.2.1',
  'next-hop',
  'no-export',
  'NO_EXPORT',
  '65000:1',
  '65536:1',
  '65000:1:4294967296',
  'rt:65000:1',
  '0:65000:1',
  '3:1:1',
  '2:4294967295:65536',
  '16777216+1',
  '16000+8000 1',
  '18446744073709551615',
  '18446744073709551616',
  '99999999999999999999999',
  '00:11:22:33:44:55',
  '00:11:22:33:44:5g',
  'default',
  'unknown',
  'constructor',
  'toString',
  '__proto__',
  '\u0000\u202e\ud83d',
];

/** Digits that are too many, too large or no number. */
const DIGITS = [
  '0',
  '256',
  '65536',
  '4294967296',
  `${2n ** 64n}`,
  `${2n ** 64n}`,
  '9'.repeat(24),
  '-1',
  '1e3',
];

/** One more than fits into one, two, three, four or eight octets, and less than nothing. */
const OVERFLOWS = [256, 65536, 0x1000000, 2 ** 32, 2 ** 64, -1];

/** A text of the kind of `text`, of a size that fits nowhere, or only just. */
export function longText(text: string, random: Random): string {
  if (/^0x/.test(text)) return `0x${'00'.repeat(random.pick([255, 256, 5000]))}`;
  if (/^(?:[0-9a-f]{2})+$/.test(text)) return '00'.repeat(random.pick([256, 256, 5000, 66_000]));
  if (/^[=<>!]/.test(text)) return Array.from({ length: 2100 }, (_, i) => `=${i % 250}`).join(' ');
  return random.pick([
    'x'.repeat(100_000),
    `0x${'00'.repeat(256)}`,
    '00'.repeat(256),
    `${text.slice(0, 100)} `.repeat(300),
  ]);
}

/** A longer text is not made longer still. */
const LONGEST_TEXT = 200_000;

/** A text that is nearly this one, or another one. */
export function otherText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  if (text.length > LONGEST_TEXT) return '';
  if (/^\d+$/.test(text) && random.oneIn(2)) return random.pick(DIGITS);
  if (/^(?:0x)?(?:[0-9a-f]{2}){2,}$/.test(text) && random.oneIn(3)) return longText(text, random);
  // The first number or the last one.
  if (random.oneIn(3))
    return text.replace(random.pick([/\d+/, /\d+(?=\D*$)/]), String(random.pick(OVERFLOWS)));
  switch (random.below(8)) {
    case 0:
      return random.pick(TEXTS);
    case 1:
      return longText(text, random);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
      return (
        text.slice(0, at) +
        random.pick(['0', '9', 'f', ':', '.', '/', ' ', '&', '+', '-', '%']) +
        text.slice(at)
      );
    case 4:
    case 5:
      return text.replace(random.pick([/\d+/, /\d+(?=\D*$)/]), String(random.pick(NUMBERS)));
    case 6:
      if (/ offset \d+$/.test(text))
        return text.replace(/\d+$/, random.pick(['128', '129', '0', '999', '1000']));
      return random.oneIn(2) ? text.toUpperCase() : `${text} ${text}`;
    default:
      return text.replace(/[a-z]+/, (word) => [...word].reverse().join(''));
  }
}
