/** Loading of the native binding: what is said when it cannot be had. */
import { expect, test } from 'vitest';
import { loadNative } from '../../src/net/native-linux.ts';
import { probeSupport } from '../../src/net/socket-options.ts';
import { openDescriptors } from './helpers.ts';

test('loadNative: koffi not installed', () => {
  const { missing } = loadNative(() => {
    throw Object.assign(new Error("Cannot find module 'koffi'\nRequire stack:"), {
      code: 'MODULE_NOT_FOUND',
    });
  });
  expect(missing).toMatch(/koffi, which is not installed \(npm install koffi\)$/);
});

test('loadNative: koffi broken, only the first line is quoted', () => {
  const { missing } = loadNative(() => {
    throw new Error('wrong ELF class\nat somewhere');
  });
  expect(missing).toMatch(/koffi, which does not load: wrong ELF class$/);
});

test('loadNative: another system is named, and koffi is not asked for', () => {
  const { missing } = loadNative(() => {
    throw new Error('must not be called');
  }, 'darwin');
  expect(missing).toMatch(/Linux only, not for darwin$/);
});

test('probeSupport: a kernel without the options is told apart by errno, and the scratch socket is closed', () => {
  const closed: number[] = [];
  const refusing = (errno: number) => ({
    open: () => 7,
    setOption: () => errno,
    sendToUnix: () => 0,
    close: (descriptor: number) => closed.push(descriptor),
  });
  const lacking = probeSupport({ sockets: refusing(92), missing: undefined });
  expect(lacking.md5).toBe('this kernel is built without TCP MD5 (CONFIG_TCP_MD5SIG)');
  expect(lacking.minimumTtl).toBe('this kernel is built without a minimum TTL (IP_MINTTL)');
  const forbidding = probeSupport({ sockets: refusing(1), missing: undefined });
  expect(forbidding.md5).toMatch(/^this kernel refuses TCP MD5 \(CONFIG_TCP_MD5SIG\): EPERM, /);
  expect(closed).toEqual([7, 7]);
});

test('probeSupport: no descriptor stays open', () => {
  const binding = loadNative();
  const before = openDescriptors();
  for (let i = 0; i < 100; i++) probeSupport(binding);
  expect(openDescriptors()).toBe(before);
});
