/** Where the control socket is looked for. */
import { expect, test } from 'vitest';
import { defaultSocketPath } from '../../src/api/socket-path.ts';

test('defaultSocketPath: $BELLHOP_SOCKET wins', () => {
  expect(defaultSocketPath({ BELLHOP_SOCKET: '/somewhere/b.sock', XDG_RUNTIME_DIR: '/x' })).toBe(
    '/somewhere/b.sock',
  );
});

test('defaultSocketPath: the place of the system or of the user', () => {
  const path = defaultSocketPath({ BELLHOP_SOCKET: '', XDG_RUNTIME_DIR: '/run/user/1000' });
  expect(['/run/bellhop/bellhop.sock', '/run/user/1000/bellhop.sock']).toContain(path);
});
