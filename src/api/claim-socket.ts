/**
 * Makes the path of the control socket free: creates its directory and removes the file that a daemon which was
 * killed has left. Never takes a socket away from a living daemon and never removes anything but a socket.
 */
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { BellhopError } from '../base/errors.ts';

/** Longest path the kernel takes for a UNIX socket, in bytes (sun_path less its final zero; 103 on BSD and macOS). */
const MAX_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/**
 * Prepares `path` for a listening UNIX socket.
 *
 * @throws BellhopError LISTEN_FAILED when the path is too long, not a socket, or in use.
 */
export async function claimSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    throw new BellhopError(
      'LISTEN_FAILED',
      `socket path is longer than ${MAX_SOCKET_PATH_BYTES} bytes: ${path}`,
    );
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  } catch (error) {
    throw new BellhopError('LISTEN_FAILED', `cannot create ${dirname(path)}: ${messageOf(error)}`);
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new BellhopError('LISTEN_FAILED', `${path} exists and is not a socket`);
  if (await answers(path))
    throw new BellhopError(
      'LISTEN_FAILED',
      `another bellhop answers on ${path}; stop it, or give this one another socket (--socket)`,
    );
  rmSync(path, { force: true });
}

/** Whether some process accepts connections on the socket. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once('connect', () => {
    socket.destroy();
    resolve(true);
  });
  socket.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
    else reject(new BellhopError('LISTEN_FAILED', `cannot use ${path}: ${error.message}`));
  });
  return promise;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
