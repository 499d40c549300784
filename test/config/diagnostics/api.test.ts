/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: the API. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/load.ts';
import { complaintsAbout } from './complaints.ts';

const HEAD = 'as: 65000\nrouter-id: 10.0.0.1\n';

describe('formatDiagnostic: api', () => {
  test('beyond loopback without TLS and token', () => {
    expect(
      complaintsAbout(`${HEAD}api:\n  listen: 0.0.0.0:8179\n`),
    ).toBe(`lab.yaml:4:11: error: the API beyond loopback needs \`tls\` and \`token-file\`
    4 |   listen: 0.0.0.0:8179
      |           ^^^^^^^^^^^^ add them, or listen on 127.0.0.1 or [::1]`);
  });

  test.each(['10.0.0.1:8179', '[::]:8179', '"[2001:db8::1]"'])('beyond loopback: %s', (listen) => {
    expect(complaintsAbout(`${HEAD}api: { listen: '${listen.replaceAll('"', '')}' }\n`)).toContain(
      'beyond loopback',
    );
  });

  test.each(['127.0.0.1', '127.9.9.9:1', '[::1]:8179'])('loopback needs nothing: %s', (listen) => {
    expect(complaintsAbout(`${HEAD}api: { listen: '${listen}' }\n`)).toBe('');
  });

  test('files that cannot be read, tokens that are too short', () => {
    const text = complaintsAbout(
      `${HEAD}api:\n  token-file: none.token\n  tls: { cert: a.crt, key: a.key }\n`,
    );
    expect(text).toContain('lab.yaml:4:15: error: cannot read `none.token`: no such file or directory');
    expect(text).toContain('lab.yaml:5:16: error: cannot read `a.crt`');
    expect(text).toContain('lab.yaml:5:28: error: cannot read `a.key`');
    expect(complaintsAbout(`${HEAD}api: { token-file: empty.key }\n`)).toContain(
      'the token is shorter than 16 characters, or has spaces in it',
    );
  });

  test('what is no certificate, and no number of neighbors', () => {
    expect(complaintsAbout(`${HEAD}api: { tls: { cert: empty.key, key: empty.key } }\n`)).toContain(
      '`empty.key` holds no certificate',
    );
    expect(complaintsAbout(`${HEAD}api: { ready: most }\n`)).toContain(
      'write `any`, `all` or a number above 0',
    );
    expect(complaintsAbout(`${HEAD}api: { ready: 0 }\n`)).toContain('`0` is no number of neighbors');
    expect(complaintsAbout(`${HEAD}api: { port: 8179 }\n`)).toContain('unknown key `port`');
  });

  test('the rest has defaults', () => {
    const loaded = parseConfig(`${HEAD}api: { listen: 127.0.0.1, ready: 2 }\n`, 'lab.yaml');
    expect(loaded).toMatchObject({
      ok: true,
      config: { api: { listen: { address: '127.0.0.1', port: 8179 }, token: undefined, ready: 2 } },
    });
    expect(parseConfig(HEAD, 'lab.yaml')).toMatchObject({
      config: { api: { listen: undefined, tls: undefined, ready: 'any' } },
    });
  });
});
