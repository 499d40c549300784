/**
 * Reads TCP MD5 keys from where the configuration says they are: the file itself, another file, the environment.
 */
import { MAX_MD5_KEY_BYTES } from '../base/limits.ts';
import { Complaint } from './schema-types.ts';

/** Where secrets come from; both may be replaced in tests. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a file; relative paths start at the folder of the configuration. Throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** The keys of which a peer may have one. */
export const PASSWORD_KEYS = ['password', 'password-file', 'password-env'] as const;

/** The TCP MD5 key that `key: value` stands for, checked, or what is wrong with it. Never quotes the secret. */
export function readPassword(
  key: (typeof PASSWORD_KEYS)[number],
  value: string,
  sources: SecretSources,
): string | Complaint {
  const found = fetchPassword(key, value, sources);
  if (found instanceof Complaint) return found;
  if (found === '') return new Complaint('the password is empty');
  const bytes = new TextEncoder().encode(found).length;
  return bytes <= MAX_MD5_KEY_BYTES
    ? found
    : new Complaint(`the password has ${bytes} bytes`, `TCP MD5 keys have at most ${MAX_MD5_KEY_BYTES}`);
}

function fetchPassword(
  key: (typeof PASSWORD_KEYS)[number],
  value: string,
  sources: SecretSources,
): string | Complaint {
  if (key === 'password') return value;
  if (key === 'password-env')
    return (
      sources.env[value] ??
      new Complaint(`environment variable \`${value}\` is not set`, `set it, or use \`password-file\``)
    );
  try {
    return sources.readFile(value).replace(/\r?\n$/, '');
  } catch (error) {
    return new Complaint(
      `cannot read \`${value}\`: ${reasonOf(error)}`,
      'check the path and who may read the file',
    );
  }
}

/** Why a file could not be read, without the path and the system call that Node adds. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^[A-Z]+: /, '').replace(/, (open|read|stat)\b.*$/s, '');
}
