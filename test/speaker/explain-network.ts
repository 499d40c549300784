/** A speaker among bare peers that give its routes as many fates as possible: the scene of the tests of `explain`. */
import { Receiver } from '../engine/receiver.ts';
import { established, pause, type Running, run, until } from './fixtures.ts';
import { hex, message, type RawMessage, RawPeer, UPDATE } from './raw-peer.ts';

const KEYS = 'passive: true, hold-time: 0, minimum-hold-time: 0';

/** Last octet of the address 127.0.1.N and AS number of each peer. */
export const PEERS = {
  up: [1, 65002],
  second: [2, 65003],
  inside: [3, 65001],
  inside2: [4, 65001],
  bare: [5, 65005],
  provider: [6, 65006],
  customer: [7, 65007],
  limited: [8, 65008],
  paced: [10, 65010],
  default: [11, 65011],
  picky: [12, 65012],
  transparent: [13, 65013],
  provider2: [14, 65014],
} as const;
export type PeerName = keyof typeof PEERS;

export const address = (name: PeerName) => `127.0.1.${PEERS[name][0]}`;
/** Configured, and never there. */
export const AWAY = '127.0.1.9';

const neighbor = (name: PeerName, keys: string) =>
  `  - { address: ${address(name)}, peer-as: ${PEERS[name][1]}, ${KEYS}, ${keys} }`;

const CONFIG = `
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
policies:
  from-up:
    - { name: unwanted, match: { prefix: ["10.66.0.0/16"] }, then: reject }
    - { name: lift, match: { community: "65002:200" }, set: { local-pref: 200 }, then: accept }
    - { name: short, match: { prefix: ["10.0.0.0/8 le 24"] }, then: accept }
  to-picky:
    - { name: not-this, match: { prefix: ["10.1.0.0/16"] }, then: reject }
    - { name: ours, match: { source: local }, set: { med: 77, prepend: { as: own, count: 2 } }, then: accept }
  to-limited:
    - { match: { prefix: ["10.1.0.0/16", "10.2.0.0/16"] }, then: accept }
neighbors:
${[
  neighbor('up', 'import: from-up, export: accept'),
  neighbor(
    'second',
    'import: accept, export: accept, families: [ipv4-unicast, ipv6-unicast], allow-as-sets: true',
  ),
  neighbor('inside', 'import: accept, export: accept'),
  neighbor('inside2', 'import: accept, export: accept, allow-as-sets: true'),
  neighbor('bare', ''),
  neighbor('provider', 'import: accept, export: accept, role: customer'),
  neighbor('customer', 'import: accept, export: accept, role: provider'),
  neighbor(
    'limited',
    'import: accept, export: to-limited, max-prefixes-out: 1, max-prefixes: { count: 1, action: block }',
  ),
  neighbor('paced', 'import: accept, export: accept, advertisement-interval: 600s'),
  neighbor('default', 'import: accept, export: reject, default-originate: true'),
  neighbor('picky', 'import: accept, export: to-picky'),
  neighbor('transparent', 'import: accept, export: accept, next-hop: unchanged'),
  neighbor('provider2', 'import: accept, export: accept, role: customer'),
].join('\n')}
  - { address: ${AWAY}, peer-as: 65009, passive: true, import: accept, export: accept }
networks:
  - { prefix: 10.100.0.0/16 }
  - { prefix: "2001:db8:1::/48" }
  - { prefix: 10.102.0.0/16, announce-if-present: 10.250.0.0/16 }
aggregates:
  - { prefix: 10.200.0.0/16, summary-only: true }
  - { prefix: 10.201.0.0/16 }
`;

/** Attributes of an announcement, each with its header, as hexadecimal text. */
export interface Announced {
  readonly path?: readonly number[];
  /** An AS_SET behind the path. */
  readonly set?: readonly number[];
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin?: number;
  readonly nextHop?: string;
  readonly extra?: string;
}

/** NLRI of `10.N.0.0/16` and the like. */
export function nlri(prefix: string): string {
  const [text, length] = prefix.split('/') as [string, string];
  const octets = text.split('.').slice(0, Math.ceil(Number(length) / 8));
  return hex(Number(length), 1) + octets.map((octet) => hex(Number(octet), 1)).join('');
}

function addressHex(text: string): string {
  return text
    .split('.')
    .map((octet) => hex(Number(octet), 1))
    .join('');
}

/** A segment of AS_PATH; nothing when it has no numbers. */
function segment(type: 1 | 2, numbers: readonly number[]): string {
  if (numbers.length === 0) return '';
  return hex(type, 1) + hex(numbers.length, 1) + numbers.map((one) => hex(one, 4)).join('');
}

export class Network implements AsyncDisposable {
  readonly subject: Running;
  readonly peers: ReadonlyMap<PeerName, RawPeer>;

  private constructor(subject: Running, peers: ReadonlyMap<PeerName, RawPeer>) {
    this.subject = subject;
    this.peers = peers;
  }

  static async start(): Promise<Network> {
    const subject = await run(CONFIG);
    const peers = new Map<PeerName, RawPeer>();
    for (const name of Object.keys(PEERS) as PeerName[]) {
      const [octet, as] = PEERS[name];
      const role = name.startsWith('provider') ? '090100' : name === 'customer' ? '090103' : '';
      const peer = await RawPeer.connect(subject.port, address(name));
      // One of them may announce IPv4 routes with IPv6 next hops (RFC 8950).
      const extended = name === 'second' ? '0506000100010002' : '';
      const capabilities = `01040001000102004104${hex(as, 4)}${extended}${role}`;
      await peer.establish({ as, holdTime: 0, routerId: `0a0001${hex(octet, 1)}`, capabilities });
      peers.set(name, peer);
      await until(() => established(subject, address(name)), name);
    }
    const network = new Network(subject, peers);
    await network.settled();
    return network;
  }

  /** `name` announces a prefix. */
  announce(name: PeerName, prefix: string, announced: Announced = {}): void {
    const [octet, as] = PEERS[name];
    const internal = as === 65001;
    const {
      path = internal ? [65002] : [as],
      set = [],
      origin = 0,
      nextHop = `127.0.1.${octet}`,
      extra = '',
    } = announced;
    const attributes =
      `400101${hex(origin, 1)}` +
      `4002${hex((segment(2, path) + segment(1, set)).length / 2, 1)}${segment(2, path)}${segment(1, set)}` +
      `400304${addressHex(nextHop)}` +
      (internal && !extra.startsWith('4005') ? `40050400000064` : '') +
      extra;
    this.peers
      .get(name)!
      .send(message(UPDATE, `0000${hex(attributes.length / 2, 2)}${attributes}${nlri(prefix)}`));
  }

  /** The same over an IPv6 next hop, 2001:db8::9 (RFC 8950). */
  announceVia6(name: PeerName, prefix: string): void {
    const routes = nlri(prefix);
    const reach = `000101102001${'0db8'.padEnd(24, '0')}000900${routes}`;
    const attributes = `4001010040020602 01${hex(PEERS[name][1], 4)}800e${hex(reach.length / 2, 1)}${reach}`;
    const list = attributes.replaceAll(' ', '');
    this.peers.get(name)!.send(message(UPDATE, `0000${hex(list.length / 2, 2)}${list}`));
  }

  withdraw(name: PeerName, prefix: string): void {
    const routes = nlri(prefix);
    this.peers.get(name)!.send(message(UPDATE, `${hex(routes.length / 2, 2)}${routes}0000`));
  }

  /** Resolves when everything sent has been taken, decided, and delivered as far as it may be. */
  async settled(): Promise<void> {
    const { engine } = this.subject.speaker;
    for (let quiet = 0; quiet < 5; quiet++) {
      await pause(15);
      if (engine.exporters.some(({ busy }) => busy)) quiet = 0;
    }
  }

  /** What the peer has after all messages it was sent: attributes as text by prefix. */
  heard(name: PeerName): ReadonlyMap<string, string> {
    const external = PEERS[name][1] !== 65001;
    const receiver = new Receiver({
      as4: true,
      external,
      extendedMessage: false,
      families: 1,
      extendedNextHop: 0,
      loopback: true,
    });
    for (const { type, body } of this.peers.get(name)!.messages as readonly RawMessage[])
      if (type === UPDATE) receiver.push(Buffer.from(message(type, body), 'hex'));
    return receiver.tables[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.peers.values()) socket.destroy();
    await this.subject[Symbol.asyncDispose]();
  }
}
