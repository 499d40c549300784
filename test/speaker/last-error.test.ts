/** What is shown as the last error while attempts to connect go on. */
import { expect, test } from 'vitest';
import type { DownReason } from '../../src/fsm/types.ts';
import { lastErrorOf, moreTelling } from '../../src/speaker/last-error.ts';

const data = new Uint8Array(0);
const WRONG_AS: DownReason = {
  origin: 'local',
  notification: { code: 2, subcode: 2, data },
  text: 'peer is AS 65001, expected AS 65009',
};
const RESET: DownReason = { origin: 'transport', text: 'read ECONNRESET' };
const REJECTED: DownReason = {
  origin: 'remote',
  notification: { code: 6, subcode: 5, data },
  text: 'Cease/connection-rejected',
};

const shown = (before: DownReason | undefined, now: DownReason, secondsAgo = 10): string => {
  const time = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const last = before === undefined ? undefined : { ...lastErrorOf(before), time };
  return moreTelling(last, lastErrorOf(now), now).reason;
};

test('a refused or broken connection does not hide the NOTIFICATION before it, for five minutes', () => {
  expect(shown(WRONG_AS, RESET)).toBe(WRONG_AS.text);
  expect(shown(WRONG_AS, REJECTED)).toBe(WRONG_AS.text);
  expect(shown(WRONG_AS, RESET, 299)).toBe(WRONG_AS.text);
  expect(shown(WRONG_AS, RESET, 301)).toBe(RESET.text);
});

test('what says more is shown at once', () => {
  expect(shown(undefined, RESET)).toBe(RESET.text);
  expect(shown(RESET, REJECTED)).toBe(REJECTED.text);
  expect(shown(REJECTED, WRONG_AS)).toBe(WRONG_AS.text);
});
