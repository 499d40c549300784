/** The made-up routes of the warm-up are good routes, and it gives way to sessions. */
import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { parseConfig } from '../../src/config/load.ts';
import { warmUp, writeUpdate } from '../../src/speaker/warm-up.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';
import { ManualClock } from './manual-clock.ts';

test.each([
  ['ipv4-unicast', 0],
  ['ipv6-unicast', 1],
])('every UPDATE of %s is accepted: six routes, or six withdrawn in every eighth', (_name, family) => {
  const frame = new UpdateFrame();
  const context = {
    as4: true,
    external: true,
    families: 3,
    extendedNextHop: 0,
    extendedMessage: false,
  };
  for (let n = 0; n < 200; n++) {
    const out = new ByteWriter();
    writeUpdate(family, n, out);
    expect(frame.scan(out.bytes, 0, out.length, context), `UPDATE ${n}`).toBe(Disposition.accept);
    const octets = {
      announced: frame.nlriEnd - frame.nlriStart + frame.reachEnd - frame.reachStart,
      withdrawn: frame.withdrawnEnd - frame.withdrawnStart + frame.unreachEnd - frame.unreachStart,
    };
    const six = 6 * (family === 0 ? 4 : 7);
    expect(octets).toEqual(n % 8 === 7 ? { announced: 0, withdrawn: six } : { announced: six, withdrawn: 0 });
  }
});

test('it goes on in turns of the clock until a session is up', () => {
  const text =
    'as: 1\nrouter-id: 1.1.1.1\nneighbors: [{ address: 127.0.0.2, peer-as: 2, import: accept, export: accept }]\n';
  const loaded = parseConfig(text, 'test.yaml');
  if (!loaded.ok) throw new Error('not valid');
  const clock = new ManualClock();
  const turns: (() => void)[] = [];
  let time = 0;
  const turning = {
    now: () => (time += 1),
    timer: clock.timer.bind(clock),
    random: () => 0.5,
    soon: (run: () => void) => void turns.push(run),
  };
  let busy = false;
  warmUp(loaded.config, turning, () => busy);
  for (let i = 0; i < 3; i++) {
    expect(turns.length, `turn ${i}`).toBe(1);
    turns.pop()!();
  }
  busy = true;
  turns.pop()!();
  expect(turns).toEqual([]);
});
