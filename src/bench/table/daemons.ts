/**
 * THE list of daemons that can be measured: how each is configured to take routes from all peers and to pass all of
 * them on, and how it is started. All listen on 127.0.0.1, wait for the peers, log next to nothing and touch no kernel
 * routes.
 */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerAddress, peerAs, TARGET_AS } from './peer.ts';

/** What a daemon is configured for. */
export interface DaemonSetup {
  /** A directory of its own, removed afterwards. */
  readonly directory: string;
  readonly port: number;
  readonly peers: number;
  readonly addressOctets: 4 | 16;
}

/** A command to run. */
export interface DaemonCommand {
  readonly program: string;
  readonly args: readonly string[];
}

export interface DaemonSpec {
  readonly name: string;
  /** Prints the version. */
  readonly version: readonly string[];
  /** Why it cannot be measured here; undefined when it can. */
  problem(): string | undefined;
  /** Writes the configuration. */
  prepare(setup: DaemonSetup): DaemonCommand;
}

/** The address that every daemon listens on. */
export const TARGET_ADDRESS = '127.0.0.1';
const ROUTER_ID = '192.0.2.254';
/** Of the daemon, in IPv6 routes that go over an IPv4 session. */
const NEXT_HOP6 = 'fd10::ffff';

/** The checkout or package that runs. */
const OWN_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * bellhop from the checkout or package that `root` is.
 *
 * @param policies with {@link TERMS} terms at import and as many at export, which let all routes pass
 */
export function bellhop(name = 'bellhop', root = OWN_ROOT, policies = false): DaemonSpec {
  const command = join(root, 'bin/bellhop.js');
  return {
    name,
    version: [process.execPath, command, '--version'],
    problem: () => (existsSync(command) ? undefined : `there is no ${command}`),
    prepare({ directory, port, peers, addressOctets }) {
      const config = join(directory, 'bellhop.yaml');
      const [family, nextHop] =
        addressOctets === 4 ? ['ipv4-unicast', ''] : ['ipv6-unicast', `next-hop: ${NEXT_HOP6}, `];
      const chain = policies ? ['heard', 'told'] : ['accept', 'accept'];
      const neighbors = each(
        peers,
        (address, as) => `  - { address: ${address}, peer-as: ${as}, peer-group: all }\n`,
      );
      writeFileSync(
        config,
        `as: ${TARGET_AS}\nrouter-id: ${ROUTER_ID}\nlisten: ["${TARGET_ADDRESS}:${port}"]\npeer-groups:\n` +
          `  all: { ${nextHop}families: [${family}], passive: true, import: ${chain[0]}, export: ${chain[1]} }\n` +
          `${policies ? policyText() : ''}neighbors:\n${neighbors}`,
      );
      const socket = join(directory, 'bellhop.sock');
      const args = ['run', '--config', config, '--socket', socket, '--log-level', 'error'];
      return { program: process.execPath, args: [command, ...args] };
    },
  };
}

/** Terms of each of the two policies. */
const TERMS = 20;

/**
 * As people write them: some prefix tests, many tests of AS_PATH and communities that mark routes, LOCAL_PREF or MED in
 * the end. Everything is accepted, so that the peers have the same to send and to hear as without.
 */
function policyText(): string {
  const prefixes = ['10.0.0.0/8 le 32', '192.0.2.0/24 le 32', '198.18.0.0/15 le 32'].map(
    (prefix, i) =>
      `    - { match: { prefix: ${prefix} }, set: { community: { add: "65535:${i}" } }, then: next }\n`,
  );
  const marks = Array.from({ length: TERMS - prefixes.length - 1 }, (_, i) => {
    const match = i % 2 === 0 ? `as-path: "_${3000 + i}_"` : `community: "${3000 + i}:*"`;
    return `    - { match: { ${match} }, set: { community: { add: "64512:${i}" } }, then: next }\n`;
  });
  const policy = (name: string, last: string) =>
    `  ${name}:\n${[...prefixes, ...marks].join('')}    - { set: { ${last} }, then: accept }\n`;
  return `policies:\n${policy('heard', 'local-pref: 200')}${policy('told', 'med: 10')}`;
}

const bird: DaemonSpec = {
  name: 'bird',
  version: ['bird', '--version'],
  problem: () => missing('bird'),
  prepare({ directory, port, peers, addressOctets }) {
    const config = join(directory, 'bird.conf');
    const channel =
      addressOctets === 4
        ? 'ipv4 { igp table hops; import all; export all; };'
        : `ipv6 { igp table hops; import all; export all; next hop address ${NEXT_HOP6}; };`;
    // Next hops are looked up in a table of their own, which stays empty: the routes of the test do not disturb it.
    const protocols = each(
      peers,
      (address, as, index) =>
        `protocol bgp p${index} { local ${TARGET_ADDRESS} port ${port} as ${TARGET_AS}; ` +
        `neighbor ${address} as ${as}; multihop; passive yes; ${channel} }\n`,
    );
    writeFileSync(
      config,
      `router id ${ROUTER_ID};\nlog stderr { fatal, error };\nprotocol device {}\n` +
        `${addressOctets === 4 ? 'ipv4' : 'ipv6'} table hops;\n${protocols}`,
    );
    return { program: which('bird')!, args: ['-f', '-c', config, '-s', join(directory, 'bird.ctl')] };
  },
};

const frr: DaemonSpec = {
  name: 'frr',
  version: ['/usr/lib/frr/bgpd', '--version'],
  problem: () => missing('/usr/lib/frr/bgpd'),
  prepare({ directory, port, peers, addressOctets }) {
    const config = join(directory, 'bgpd.conf');
    const neighbors = each(peers, (address, as) =>
      [
        `remote-as ${as}`,
        'passive',
        'disable-connected-check',
        'ebgp-multihop 255',
        'advertisement-interval 0',
      ]
        .map((words) => ` neighbor ${address} ${words}\n`)
        .join(''),
    );
    const activate = each(peers, (address) => `  neighbor ${address} activate\n`);
    writeFileSync(
      config,
      `frr defaults traditional\nlog file /dev/null errors\nrouter bgp ${TARGET_AS}\n bgp router-id ${ROUTER_ID}\n` +
        ' no bgp ebgp-requires-policy\n no bgp network import-check\n no bgp default ipv4-unicast\n' +
        ` bgp disable-ebgp-connected-route-check\n${neighbors}` +
        ` address-family ${addressOctets === 4 ? 'ipv4' : 'ipv6'} unicast\n${activate} exit-address-family\n`,
    );
    // bgpd gives up its rights before it writes there.
    chmodSync(directory, 0o777);
    const files = ['-f', config, '-i', join(directory, 'bgpd.pid'), '--vty_socket', directory];
    const listen = ['-p', String(port), '-l', TARGET_ADDRESS, '-P', '0'];
    return { program: '/usr/lib/frr/bgpd', args: [...files, ...listen, '-n', '-Z', '-S'] };
  },
};

const gobgp: DaemonSpec = {
  name: 'gobgp',
  version: ['gobgpd', '--version'],
  problem: () => missing('gobgpd'),
  prepare({ directory, port, peers, addressOctets }) {
    const config = join(directory, 'gobgpd.toml');
    const family = addressOctets === 4 ? 'ipv4-unicast' : 'ipv6-unicast';
    const neighbors = each(
      peers,
      (address, as) =>
        `[[neighbors]]\n[neighbors.config]\nneighbor-address = "${address}"\npeer-as = ${as}\n` +
        '[neighbors.transport.config]\npassive-mode = true\n[neighbors.ebgp-multihop.config]\nenabled = true\n' +
        `multihop-ttl = 255\n[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = "${family}"\n`,
    );
    writeFileSync(
      config,
      `[global.config]\nas = ${TARGET_AS}\nrouter-id = "${ROUTER_ID}"\nport = ${port}\n` +
        `local-address-list = ["${TARGET_ADDRESS}"]\n${neighbors}`,
    );
    return { program: which('gobgpd')!, args: ['-f', config, '-l', 'error', '--api-hosts', '127.0.0.1:0'] };
  },
};

const openbgpd: DaemonSpec = {
  name: 'openbgpd',
  version: ['/usr/sbin/bgpd', '-V'],
  problem: () =>
    missing('/usr/sbin/bgpd') ??
    (process.getuid?.() === 0 ? undefined : 'OpenBGPD has to be started by root'),
  prepare({ directory, port, peers, addressOctets }) {
    const config = join(directory, 'bgpd.conf');
    const [ipv4, ipv6] = addressOctets === 4 ? ['unicast', 'none'] : ['none', 'unicast'];
    const neighbors = each(
      peers,
      (address, as) =>
        `neighbor ${address} {\n remote-as ${as}\n passive\n multihop 255\n local-address ${TARGET_ADDRESS}\n` +
        ` announce IPv4 ${ipv4}\n announce IPv6 ${ipv6}\n}\n`,
    );
    writeFileSync(
      config,
      `AS ${TARGET_AS}\nrouter-id ${ROUTER_ID}\nfib-update no\nnexthop qualify via default\n` +
        `listen on ${TARGET_ADDRESS} port ${port}\nsocket "${join(directory, 'bgpd.sock')}"\n${neighbors}` +
        `allow from any\nallow to any\n${addressOctets === 4 ? '' : `match to any set nexthop ${NEXT_HOP6}\n`}`,
      { mode: 0o600 },
    );
    mkdirSync('/run/openbgpd', { recursive: true });
    return { program: '/usr/sbin/bgpd', args: ['-d', '-f', config] };
  },
};

/** Those that `--with` can add; BIRD is there without being asked for. */
export const OTHER_DAEMONS: readonly DaemonSpec[] = [bird, frr, gobgp, openbgpd];

function each(peers: number, text: (address: string, as: number, index: number) => string): string {
  return Array.from({ length: peers }, (_, i) => text(peerAddress(i), peerAs(i), i)).join('');
}

function missing(program: string): string | undefined {
  return which(program) === undefined ? `${program} is not installed` : undefined;
}

/** Absolute path of a program; Debian keeps daemons where the PATH of users does not look. */
function which(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const places = program.startsWith('/') ? [program] : folders.map((folder) => join(folder, program));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
