/**
 * Closing a socket so that a NOTIFICATION in it still arrives: our side is closed, what the peer still sends is read
 * and thrown away (unread bytes would turn the close into a reset that overtakes it), and after a second it ends.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';

/** Milliseconds for the last bytes to leave and the peer to close its side. */
const LINGER_MILLISECONDS = 1000;

/** Closes `socket`; it emits nothing to anybody afterwards. Resolves when it is gone. */
export function closeGently(socket: Socket, clock: Clock): Promise<void> {
  socket.removeAllListeners('data');
  socket.removeAllListeners('drain');
  socket.removeAllListeners('close');
  socket.on('error', () => {});
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const linger = clock.timer(() => socket.resetAndDestroy());
    socket.once('close', () => {
      linger.stop();
      resolve();
    });
    linger.start(LINGER_MILLISECONDS);
    socket.resume();
    socket.end();
  });
}
