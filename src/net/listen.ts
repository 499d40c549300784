/**
 * Incoming connections: one listening socket per address, with an MD5 key per peer or range of peers.
 *
 * TTL: the kernel answers a SYN before anyone has accepted, with the listener's TTL. A peer that runs GTSM
 * (RFC 5082) drops that answer unless it left with 255, so listeners send with 255 where we can set it; harmless to
 * other peers. The other direction cannot be had per peer: a minimum TTL on the listener would hold for all. So a
 * distant host can complete a handshake, but nothing it sends after `apply` is heard.
 *
 * MD5: a connection whose handshake ended before the first `setKeys` has no key. Call it in the first reaction to
 * `listen`; what remains is the time between two system calls.
 */
import { createServer, isIP, type Server, type Socket } from 'node:net';
import { formatAddress, splitZone } from '../base/address.ts';
import { BellhopError } from '../base/errors.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../base/prefix.ts';
import type { IpVersion, NativeSockets } from './native-linux.ts';
import { descriptorOf, type NativeTools, requireNative, setTtl } from './socket-options.ts';
import { setMd5Key } from './tcp-md5.ts';
import type { Listener, ListenKey } from './types.ts';

/** Connections the kernel keeps for us until we accept; a route server that restarts sees all its peers at once. */
const BACKLOG = 511;

/** TTL of the kernel's answer to a SYN; see the head of this file. */
const GTSM_TTL = 255;

/** A key as it is set: which peers it is for, who asked for it, and its text. */
interface WantedKey {
  readonly peers: Prefix;
  readonly from: string;
  readonly md5Key: string;
}

/** Listens on a numeric address; rejects with BellhopError LISTEN_FAILED. See `Transport.listen`. */
export async function listen(
  address: string,
  port: number,
  accept: (socket: Socket) => void,
  tools: () => NativeTools,
): Promise<Listener> {
  const version = isIP(address);
  if (version !== 4 && version !== 6)
    throw new BellhopError('LISTEN_FAILED', `cannot listen on ${address}: not an IP address`);
  const server = createServer({ noDelay: true }, (socket) => {
    // A peer that has already reset the connection has no address any more; asking now also makes Node remember it.
    if (socket.remoteAddress === undefined) socket.destroy();
    else accept(socket);
  });
  await startListening(server, address, port);
  // After this only accept(2) can fail, for want of descriptors: that connection is lost and the peer tries again.
  server.on('error', () => {});
  raiseTtl(server, version, tools().binding.sockets);
  return listenerOf(server, address, version, tools);
}

function raiseTtl(server: Server, version: IpVersion, sockets: NativeSockets | undefined): void {
  const descriptor = descriptorOf(server);
  if (sockets === undefined || descriptor === undefined) return;
  try {
    setTtl(sockets, descriptor, version, GTSM_TTL);
  } catch {
    // Peers with GTSM will have to wait for us to call them; nobody else notices.
  }
}

function startListening(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(new BellhopError('LISTEN_FAILED', explain(address, port, error), { cause: error }));
    };
    server.once('error', onError);
    try {
      server.listen({ host: address, port, ipv6Only: true, backlog: BACKLOG }, () => {
        server.off('error', onError);
        resolve();
      });
    } catch (error) {
      onError(error as Error);
    }
  });
}

function listenerOf(server: Server, address: string, version: IpVersion, tools: () => NativeTools): Listener {
  const bound = server.address();
  const installed = new Map<string, WantedKey>();
  return {
    address,
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    setKeys(keys) {
      const wanted = wantedKeys(keys, version);
      const descriptor = descriptorOf(server);
      if (descriptor === undefined || (wanted.size === 0 && installed.size === 0)) return;
      const sockets = requireNative(tools(), { md5Key: '' });
      // Removals first: they make room.
      for (const [peers, key] of installed) {
        if (wanted.has(peers)) continue;
        setMd5Key(sockets, descriptor, key.peers, undefined);
        installed.delete(peers);
      }
      for (const [peers, key] of wanted) {
        if (installed.get(peers)?.md5Key === key.md5Key) continue;
        setMd5Key(sockets, descriptor, key.peers, key.md5Key);
        installed.set(peers, key);
      }
    },
    close() {
      // Server.close calls back only when the last accepted socket is gone, but frees the port at once.
      server.close();
      return Promise.resolve();
    },
  };
}

/**
 * The keys for one IP version by canonical prefix. Linux knows no zone here, so the same link-local address on two
 * interfaces shares a key; two different ones are an error rather than a surprise.
 */
function wantedKeys(keys: readonly ListenKey[], version: IpVersion): Map<string, WantedKey> {
  const wanted = new Map<string, WantedKey>();
  for (const { from, md5Key } of keys) {
    const peers = parsePrefix(splitZone(from).address);
    if (peers === undefined) throw new BellhopError('INVALID_ARGUMENT', `not an address or prefix: ${from}`);
    if (peers.bytes.length !== (version === 4 ? 4 : 16)) continue;
    const name = formatPrefix(peers.bytes, peers.length);
    const other = wanted.get(name);
    if (other !== undefined && other.md5Key !== md5Key)
      throw new BellhopError(
        'UNSUPPORTED',
        `two TCP MD5 keys for ${formatAddress(peers.bytes)} (${other.from} and ${from}): a listener has one per address`,
      );
    wanted.set(name, { peers, from, md5Key });
  }
  return wanted;
}

function explain(address: string, port: number, error: Error): string {
  const prefix = `cannot listen on ${address} port ${port}: `;
  switch ('code' in error ? error.code : undefined) {
    case 'EACCES':
      return (
        `${prefix}ports below 1024 need a privilege. Give the process CAP_NET_BIND_SERVICE, ` +
        `or lower the border: sysctl net.ipv4.ip_unprivileged_port_start=${port}`
      );
    case 'EADDRINUSE':
      return (
        `${prefix}another program has this port, often another BGP daemon. ` +
        `See which one: ss -ltnp 'sport = :${port}'`
      );
    case 'EADDRNOTAVAIL':
      return `${prefix}no interface of this host has this address`;
    case 'EINVAL':
      return `${prefix}a link-local address needs an interface that is up (%eth0 behind it)`;
    case 'EAFNOSUPPORT':
      return `${prefix}this host has IPv${isIP(address)} switched off`;
    default:
      return prefix + error.message;
  }
}
