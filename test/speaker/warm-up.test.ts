/** The made-up routes of the warm-up are good routes, and it gives way to sessions. */
import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { toHex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/config/load.ts';
import { warmUp } from '../../src/warm-up.ts';
import { writeUpdate } from '../../src/warm-up-updates.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { HEADER_LENGTH, MAX_MESSAGE_LENGTH } from '../../src/wire/message.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';

test.each([
  ['ipv4-unicast', [0]],
  ['ipv6-unicast', [1]],
  ['both families', [0, 1]],
])(
  'every UPDATE of %s is accepted; what the eighth withdraws, the one before announced',
  (_name, families) => {
    const frame = new UpdateFrame();
    const context = { as4: true, external: true, families: 3, extendedNextHop: 0, extendedMessage: false };
    let announced = '';
    for (let n = 0; n < 4096; n++) {
      const out = new ByteWriter();
      writeUpdate(families, 65_000, n, out);
      const { bytes, length } = out;
      expect(length, `UPDATE ${n}`).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
      expect((bytes[16]! << 8) | bytes[17]!).toBe(length);
      expect(frame.scan(bytes, HEADER_LENGTH, length, context), `UPDATE ${n}`).toBe(Disposition.accept);
      const text = (...[start, end]: [number, number]) => toHex(bytes.subarray(start, end));
      const told = text(frame.nlriStart, frame.nlriEnd) + text(frame.reachStart, frame.reachEnd);
      const gone =
        text(frame.withdrawnStart, frame.withdrawnEnd) + text(frame.unreachStart, frame.unreachEnd);
      if (n % 8 === 7) expect([told, gone]).toEqual(['', announced]);
      else expect([told === '', gone]).toEqual([false, '']);
      announced = told;
    }
  },
);

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
