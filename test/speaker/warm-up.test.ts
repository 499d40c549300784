/** The made-up routes of the warm-up are good routes, and it gives way to sessions. */
import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { toHex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/config/load.ts';
import { warmUp } from '../../src/warm-up.ts';
import { ODDITIES } from '../../src/warm-up-oddities.ts';
import { oddityOf, writeUpdate } from '../../src/warm-up-updates.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { endOfRibFamily } from '../../src/wire/end-of-rib.ts';
import { HEADER_LENGTH, MAX_MESSAGE_LENGTH } from '../../src/wire/message.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';

const CONTEXT = {
  as4: true,
  external: true,
  families: 3,
  extendedNextHop: 0,
  extendedMessage: false,
  rejectAsSet: true,
};

/** What is made of the odd ones; of the others nothing. */
const DISPOSITIONS: Record<string, Disposition> = {
  AS_SET: Disposition.treatAsWithdraw,
  'ORIGIN twice': Disposition.attributeDiscard,
  LOCAL_PREF: Disposition.attributeDiscard,
  AS4_PATH: Disposition.attributeDiscard,
  'AGGREGATOR of 7 octets': Disposition.attributeDiscard,
};

test.each([
  ['ipv4-unicast', [0]],
  ['ipv6-unicast', [1]],
  ['both families', [0, 1]],
])(
  'UPDATEs of %s: the eighth withdraws what the one before it announced, and ends no session',
  (_name, families) => {
    const frame = new UpdateFrame();
    let announced = '';
    const ended = new Set<number>();
    for (let n = 0; n < 4096; n++) {
      const out = new ByteWriter();
      writeUpdate(families, 65_000, n, out);
      const { bytes, length } = out;
      expect(length, `UPDATE ${n}`).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
      expect((bytes[16]! << 8) | bytes[17]!).toBe(length);
      const wanted = DISPOSITIONS[oddityOf(n)?.name ?? ''] ?? Disposition.accept;
      expect(frame.scan(bytes, HEADER_LENGTH, length, CONTEXT), `UPDATE ${n}`).toBe(wanted);
      const text = (...[start, end]: [number, number]) => toHex(bytes.subarray(start, end));
      const told = text(frame.nlriStart, frame.nlriEnd) + text(frame.reachStart, frame.reachEnd);
      const gone =
        text(frame.withdrawnStart, frame.withdrawnEnd) + text(frame.unreachStart, frame.unreachEnd);
      if (n % 256 === 255) ended.add(endOfRibFamily(frame));
      else if (n % 8 === 7) expect([told, gone]).toEqual(['', announced]);
      else expect([told === '', gone]).toEqual([false, '']);
      announced = told;
    }
    expect([...ended]).toEqual(families);
  },
);

test('the UPDATEs have every oddity', () => {
  const seen = new Set(Array.from({ length: 1000 }, (_, n) => oddityOf(n)?.name));
  expect(ODDITIES.filter(({ name }) => !seen.has(name))).toEqual([]);
});

function config(families: string) {
  const text = `as: 1\nrouter-id: 1.1.1.1\nneighbors: [{ address: 127.0.0.2, peer-as: 2, families: ${families}, import: accept, export: accept }]\n`;
  const loaded = parseConfig(text, 'test.yaml');
  if (!loaded.ok) throw new Error('not valid');
  return loaded.config;
}

test.each(['[ipv4-unicast]', '[ipv6-unicast]', '[ipv4-unicast, ipv6-unicast]'])(
  'for %s it comes to its end, in many turns',
  async (families) => {
    let asked = 0;
    await warmUp(config(families), systemClock, () => {
      asked++;
      return false;
    });
    // Each peer has told all it knows twice: about a hundred turns a time.
    expect(asked).toBeGreaterThan(400);
  },
);

test('it ends as soon as a session is up', async () => {
  let asked = 0;
  await warmUp(config('[ipv4-unicast]'), systemClock, () => ++asked >= 10);
  expect(asked).toBeLessThan(20);
});
