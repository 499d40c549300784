/**
 * Where the control socket lives. Daemon and CLI both ask this file, so that they meet without being told.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SYSTEM_SOCKET = '/run/bellhop/bellhop.sock';

/**
 * Path of the control socket when none is given: `$BELLHOP_SOCKET`; else `/run/bellhop/bellhop.sock` where this
 * user may use it; else `bellhop.sock` in `$XDG_RUNTIME_DIR`, or a file of this user in the temporary directory.
 */
export function defaultSocketPath(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['BELLHOP_SOCKET'];
  if (given !== undefined && given !== '') return given;
  if (mayUseSystemSocket()) return SYSTEM_SOCKET;
  const runtime = environment['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && runtime !== '') return join(runtime, 'bellhop.sock');
  return join(tmpdir(), `bellhop-${process.getuid?.() ?? 0}.sock`);
}

/** Root may create the directory, its owner may bind in it, and the group of the socket may talk to the daemon. */
function mayUseSystemSocket(): boolean {
  if (process.getuid?.() === 0 && existsSync('/run')) return true;
  return isWritable(dirname(SYSTEM_SOCKET)) || isWritable(SYSTEM_SOCKET);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
