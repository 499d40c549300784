/** One UpdateFrame for all messages of a daemon, however many there are. */
import { expect, test } from 'vitest';
import { Disposition, UpdateError } from '../../src/wire/attributes/spec.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';
import { attribute, EXTERNAL, MANDATORY, MED, NLRI, updateBody } from './update-frame-fixtures.ts';

/** More scans than marks of scans can be told apart without care. */
const SCANS = 3 * 2 ** 16;

test('scan: judges every one of many messages by itself', () => {
  const frame = new UpdateFrame();
  const sound = updateBody({ attributes: MANDATORY + MED, nlri: NLRI });
  for (let i = 0; i < SCANS; i++)
    if (frame.scan(sound, 0, sound.length, EXTERNAL) !== Disposition.accept) expect.fail(`message ${i}`);
});

test('scan: what it saw and discarded long ago is forgotten', () => {
  const frame = new UpdateFrame();
  const broken = updateBody({ attributes: MANDATORY + attribute(0x40, 6, '00'), nlri: NLRI });
  const empty = updateBody({ nlri: NLRI });
  for (let distance = 2 ** 16 - 3; distance < 2 ** 16 + 3; distance++) {
    expect(frame.scan(broken, 0, broken.length, EXTERNAL)).toBe(Disposition.attributeDiscard);
    expect(frame.isDiscarded(6)).toBe(true);
    for (let i = 0; i < distance; i++) frame.scan(empty, 0, empty.length, EXTERNAL);
    expect(frame.isDiscarded(6)).toBe(false);
    expect(frame.subcode).toBe(UpdateError.missingWellKnown);
  }
});
