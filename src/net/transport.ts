/**
 * The system's transport: dial, listen and options put together, with the native binding loaded on first need.
 *
 * Invariant: a probe is made once per transport; what is supported does not change while the process lives.
 */
import { isIP, type Socket } from 'node:net';
import { dial } from './dial.ts';
import { listen } from './listen.ts';
import { loadNative, type NativeBinding } from './native-linux.ts';
import {
  descriptorOf,
  type NativeTools,
  probeSupport,
  requireNative,
  SYSTEM_TTL,
  setMinimumTtl,
  setTtl,
} from './socket-options.ts';
import type { Transport, TransportOptions } from './types.ts';

/**
 * Makes a transport of real sockets.
 *
 * @param load supplies the native binding, once; tests pass one that has none.
 */
export function createTransport(load: () => NativeBinding = loadNative): Transport {
  let made: NativeTools | undefined;
  const tools = (): NativeTools => {
    if (made === undefined) {
      const binding = load();
      made = { binding, support: probeSupport(binding) };
    }
    return made;
  };
  return {
    support: () => tools().support,
    dial: (target) => dial(target, tools),
    listen: (address, port, accept) => listen(address, port, accept, tools),
    apply: (socket, options) => apply(socket, options, tools()),
  };
}

/** The transport of the process. */
export const systemTransport: Transport = createTransport();

function apply(socket: Socket, options: TransportOptions, tools: NativeTools): void {
  const { ttl, minimumTtl } = options;
  const isDefault = ttl === undefined && minimumTtl === undefined;
  // Without the binding the listener did not touch the TTL either: there is nothing to undo.
  if (isDefault && tools.binding.sockets === undefined) return;
  const sockets = requireNative(tools, {
    ...(ttl === undefined ? {} : { ttl }),
    ...(minimumTtl === undefined ? {} : { minimumTtl }),
  });
  const descriptor = descriptorOf(socket);
  const version = isIP(socket.remoteAddress ?? '');
  if (descriptor === undefined || (version !== 4 && version !== 6)) return;
  setTtl(sockets, descriptor, version, ttl ?? SYSTEM_TTL);
  if (minimumTtl !== undefined) setMinimumTtl(sockets, descriptor, version, minimumTtl);
}
