/** Ask 18 (FRR #7784, #12266, #11962, #5565): with RFC 8212 routes arrive and vanish, and nobody says why. */
import { expect, test } from 'vitest';
import { hears, setting } from './setting.ts';

const NETWORKS = 'networks: [{ prefix: 192.0.2.0/24 }]';

test('the check, the peer list and the reload say so, with the line to write; written, routes flow in the same session', async () => {
  await using subject = await setting(18, { neighbor: '', top: NETWORKS });
  expect((await subject.bellhop('check', subject.path)).text).toMatch(
    /warning: eBGP neighbor .* \(RFC 8212\)[\s\S]*add `import: accept` and `export: accept`/,
  );
  await subject.start();
  await subject.bellhop('wait', 'quiet', '--for', '500ms');
  const { text } = await subject.bellhop('show', 'neighbors');
  expect(text).toContain(
    'no import policy: every route received is rejected (RFC 8212); set `import: accept`',
  );
  expect(text).toContain('no export policy: no route is announced (RFC 8212); set `export: accept`');
  const { text: received } = await subject.bellhop('show', 'routes', '--received', subject.peerAddress);
  expect(received).toMatch(/^x +203\.0\.113\.0\/24 .*\(no import policy, RFC 8212\)$/m);

  subject.write({ top: NETWORKS });
  expect(await subject.bellhop('reload')).toMatchObject({ code: 0 });
  await hears(subject, '192.0.2.0/24');
  expect((await subject.bellhop('show', 'routes')).text).toMatch(/^\*> +203\.0\.113\.0\/24/m);
  expect((await subject.bellhop('show', 'neighbors')).text).not.toContain('RFC 8212');
  expect(subject.opens()).toBe(1);
});
