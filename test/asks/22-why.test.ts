/**
 * Ask 22 (GoBGP #1938, FRR #19348, #17575, #13089): why was this route filtered, why is it not the best, why is it not
 * announced? What `show routes` answers; the export side says only that a route is not sent.
 */
import { expect, test } from 'vitest';
import { setting } from './setting.ts';

test('a route that was filtered is still there, with the reason; so is a candidate, with the step it lost by', async () => {
  await using subject = await setting(22, {
    neighbor: 'import: in, export: accept',
    top: `networks: [{ prefix: 198.51.100.0/24 }]
policies:
  in: [{ match: { prefix: 203.0.113.0/24 }, then: reject }, { default: accept }]`,
  });
  await subject.start();
  await subject.bellhop('wait', 'quiet', '--for', '500ms');
  const show = async (...words: string[]) => (await subject.bellhop('show', 'routes', ...words)).text;
  expect(await show('203.0.113.0/24')).toMatch(
    /^x +203\.0\.113\.0\/24 .*\(import policy\)$[\s\S]*not best because of +not accepted/m,
  );
  const candidates = await show('198.51.100.0/24');
  expect(candidates).toMatch(/^\*> +198\.51\.100\.0\/24 +self +local/m);
  expect(candidates).toMatch(/^\* +198\.51\.100\.0\/24 .*65002 i\n[\s\S]*not best because of +\S+/m);
  // Sent and not sent; the peer's own route is never sent back to it.
  expect(await show('198.51.100.0/24', '--advertised', subject.peerAddress)).toContain('198.51.100.0/24');
  expect(await show('203.0.113.0/24', '--advertised', subject.peerAddress)).toBe('No routes.\n');
});
