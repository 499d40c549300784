/** Send hold time (RFC 9687 section 5): how long a peer may take no byte before we give the session up. */

/** Milliseconds; the default is the larger of 8 minutes and twice the hold time. */
export function sendHoldMilliseconds(configuredSeconds: number | undefined, holdTimeSeconds: number): number {
  return (configuredSeconds ?? Math.max(480, 2 * holdTimeSeconds)) * 1000;
}
