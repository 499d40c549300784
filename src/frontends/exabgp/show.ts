/** Answers to `show ...`, `help` and `version`: lines in the columns that scripts for ExaBGP look at. */
import { MAX_SHOWN_ROUTES } from '../../base/limits.ts';
import type { NeighborStatus, RouteEntry, RouteQuery } from '../../speaker/status.ts';
import { ATTRIBUTE_WORDS } from './attributes.ts';

/** Lines of `show neighbor summary`. */
export function summaryLines(neighbors: readonly NeighborStatus[]): string[] {
  const row = (peer: string, as: string, up: string, state: string, sent: string, received: string): string =>
    `${peer.padEnd(15)} ${as.padEnd(7)} ${up.padStart(9)} ${state.padEnd(12)} ${sent.padStart(10)} ${received.padStart(10)}`;
  return [
    'Peer            AS        up/down state       |     #sent     #recvd',
    ...neighbors.map(({ address, peerAs, state, uptimeSeconds, messagesSent, messagesReceived }) =>
      row(
        address,
        String(peerAs),
        state === 'Established' ? timeText(uptimeSeconds) : 'down',
        state.toLowerCase(),
        String(messagesSent.updates),
        String(messagesReceived.updates),
      ),
    ),
  ];
}

/** Lines of `show neighbor extensive`. */
export function extensiveLines(neighbors: readonly NeighborStatus[]): string[] {
  return neighbors.flatMap((one) => {
    const line = (name: string, ...values: unknown[]): string =>
      `   ${name.padEnd(20)} ${values.map((value) => String(value ?? 'n/a').padStart(15)).join(' ')}`;
    return [
      `Neighbor ${one.address}`,
      line('local', one.localAddress),
      line('state', one.state.toLowerCase()),
      line(one.state === 'Established' ? 'up for' : 'down', timeText(one.uptimeSeconds)),
      line('AS', one.localAs, one.peerAs),
      line('ID', undefined, one.routerId),
      line('hold-time', undefined, one.holdTimeSeconds),
      ...one.families.map(({ family, negotiated }) =>
        line(`${family.replace('-', ' ')}:`, negotiated ? 'enabled' : 'disabled'),
      ),
      line('update:', one.messagesSent.updates, one.messagesReceived.updates),
      '',
    ];
  });
}

/** Lines of `show adj-rib in|out`. */
export function routeLines(
  ask: (query: RouteQuery) => RouteEntry[],
  addresses: readonly string[],
  direction: 'in' | 'out',
  extensive: boolean,
): string[] {
  const lines: string[] = [];
  for (const address of addresses) {
    const limit = MAX_SHOWN_ROUTES + 1 - lines.length;
    const query: RouteQuery =
      direction === 'in' ? { received: address, limit } : { advertised: address, limit };
    for (const route of ask(query)) {
      const head = `neighbor ${address} ${route.family.replace('-', ' ')} ${route.prefix}`;
      lines.push(`${head} next-hop ${route.nextHop}${extensive ? attributesText(route) : ''}`);
    }
    if (lines.length > MAX_SHOWN_ROUTES)
      return [
        ...lines.slice(0, MAX_SHOWN_ROUTES),
        `# there are more; bellhop show routes --${direction === 'in' ? 'received' : 'advertised'} ${address} has all`,
      ];
  }
  return lines;
}

function attributesText(route: RouteEntry): string {
  const list = (name: string, items: readonly string[]): string =>
    items.length === 0 ? '' : ` ${name} [ ${items.join(' ')} ]`;
  return [
    ` origin ${route.origin}`,
    ` as-path [ ${route.asPath} ]`,
    route.med === undefined ? '' : ` med ${route.med}`,
    route.localPref === undefined ? '' : ` local-preference ${route.localPref}`,
    list('community', route.communities),
    list('extended-community', route.extendedCommunities),
    list('large-community', route.largeCommunities),
  ].join('');
}

/** Lines of `help`. */
export function helpLines(): string[] {
  return [
    'in front of a command, neighbor <ip> [local-ip|local-as|peer-as|router-id|family-allowed <value>], several with commas',
    'announce route <prefix> next-hop <ip>|self [attributes]',
    'announce ipv4|ipv6 unicast <prefix> next-hop <ip>|self [attributes]',
    'announce attributes next-hop <ip>|self [attributes] nlri <prefix> ...',
    'withdraw route|ipv4 unicast|ipv6 unicast|attributes ...',
    'announce|withdraw watchdog [<name>]',
    'announce route-refresh ipv4|ipv6 unicast',
    'group start|end',
    'show neighbor summary|extensive|json [<ip>]',
    'show adj-rib in|out [extensive] [<ip>]',
    'flush adj-rib out, clear adj-rib in|out, teardown 4',
    'enable-ack, disable-ack, silence-ack, reset, version, help',
    `attributes: ${ATTRIBUTE_WORDS.join(' ')}`,
  ];
}

function timeText(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}
