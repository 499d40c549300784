/**
 * The `api` part of a configuration: reads token, certificate and key, and refuses to open the API to a network
 * without them. Nothing here is ever quoted in a message.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { parseAddress, splitZone } from '../base/address.ts';
import type { Report } from './diagnostic.ts';
import type { FileInput } from './schema.ts';
import { reasonOf, type SecretSources } from './secrets.ts';
import type { ApiConfig } from './types.ts';

/** A token with fewer characters can be guessed. */
const MIN_TOKEN_LENGTH = 16;

type ApiInput = NonNullable<FileInput['api']>;

/** The configuration of the API; mistakes go to `report`. */
export function resolveApi(input: ApiInput | undefined, report: Report, sources: SecretSources): ApiConfig {
  const listen = input?.listen;
  const tokenFile = input?.['token-file'];
  const token = tokenFile === undefined ? undefined : readToken(tokenFile, report, sources);
  const tls = input?.tls === undefined ? undefined : readTls(input.tls, report, sources);
  if (listen !== undefined && !isLoopback(listen.address)) {
    const missing = [
      ...(input?.tls === undefined ? ['`tls`'] : []),
      ...(tokenFile === undefined ? ['`token-file`'] : []),
    ];
    if (missing.length > 0)
      report.error(
        ['api', 'listen'],
        `the API beyond loopback needs ${missing.join(' and ')}`,
        'add them, or listen on 127.0.0.1 or [::1]',
      );
  }
  return { listen, token, tls, ready: input?.ready ?? 'any' };
}

function isLoopback(address: string): boolean {
  const bytes = parseAddress(splitZone(address).address);
  if (bytes === undefined) return false;
  return bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

function readToken(file: string, report: Report, sources: SecretSources): string | undefined {
  const token = readFile(file, ['api', 'token-file'], report, sources)?.trim();
  if (token === undefined || /^[\x21-\x7e]{16,}$/.test(token)) return token;
  report.error(
    ['api', 'token-file'],
    `the token is shorter than ${MIN_TOKEN_LENGTH} characters, or has spaces in it`,
    'make one with `openssl rand -hex 32`',
  );
  return undefined;
}

function readTls(
  tls: NonNullable<ApiInput['tls']>,
  report: Report,
  sources: SecretSources,
): ApiConfig['tls'] {
  const part = (key: 'cert' | 'key', check: (text: string) => void): string | undefined => {
    const file = tls[key];
    const text = file === undefined ? undefined : readFile(file, ['api', 'tls', key], report, sources);
    if (text === undefined) return undefined;
    try {
      check(text);
      return text;
    } catch {
      const what = key === 'cert' ? 'certificate' : 'private key';
      report.error(['api', 'tls', key], `\`${file}\` holds no ${what}`, 'it must be PEM text');
      return undefined;
    }
  };
  const cert = part('cert', (text) => void new X509Certificate(text));
  const key = part('key', (text) => void createPrivateKey(text));
  if (cert === undefined || key === undefined) return undefined;
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    report.error(['api', 'tls', 'key'], 'the key does not belong to the certificate');
  return { cert, key };
}

function readFile(
  file: string,
  path: readonly string[],
  report: Report,
  sources: SecretSources,
): string | undefined {
  try {
    return sources.readFile(file);
  } catch (error) {
    report.error(
      path,
      `cannot read \`${file}\`: ${reasonOf(error)}`,
      'check the path and who may read the file',
    );
    return undefined;
  }
}
