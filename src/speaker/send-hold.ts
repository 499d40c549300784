/** Send hold time (RFC 9687 section 5): how long a peer may take no byte from us before we give the session up. */
import type { Socket } from 'node:net';

/** Milliseconds; the default is the larger of 8 minutes and twice the hold time. */
export function sendHoldMilliseconds(configuredSeconds: number | undefined, holdTimeSeconds: number): number {
  return (configuredSeconds ?? Math.max(480, 2 * holdTimeSeconds)) * 1000;
}

/**
 * Bytes the kernel has taken from us so far.
 *
 * Node's public counters see a write only when all of it is gone, and it joins what waits into one write of
 * megabytes: a slow reader would look like one that has stopped. The handle knows how much of it is left.
 */
export function flushedBytes(socket: Socket): number {
  const handle = (
    socket as unknown as { _handle?: { bytesWritten?: number; writeQueueSize?: number } | null }
  )._handle;
  if (handle?.bytesWritten === undefined || handle.writeQueueSize === undefined)
    return socket.bytesWritten - socket.writableLength;
  return handle.bytesWritten - handle.writeQueueSize;
}
