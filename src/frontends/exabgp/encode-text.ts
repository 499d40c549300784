/** Events as text, with the words of ExaBGP's text encoder. */
import { formatIpv4 } from '../../base/address.ts';
import type { PathAttributes } from '../../wire/attributes/index.ts';
import { formatCapability } from '../../wire/capabilities/index.ts';
import { formatExtendedCommunity, formatLargeCommunity } from '../../wire/community-text.ts';
import { openAs } from '../../wire/open.ts';
import type { ReceivedUpdate } from '../../wire/update-read.ts';
import type { EventEncoder, EventNeighbor, NeighborEvent } from './events.ts';
import { updateFacts } from './update-facts.ts';

export class TextEncoder implements EventEncoder {
  event(event: NeighborEvent, { address }: EventNeighbor): string {
    const line = (text: string): string => `neighbor ${address} ${text}\n`;
    switch (event.type) {
      case 'state':
        return line(event.state === 'down' ? `down - ${event.reason}` : event.state);
      case 'fsm':
        return line(`fsm ${event.state}`);
      case 'notification':
        return line(
          `${event.direction} notification code ${event.code} subcode ${event.subcode} data 0x${event.dataHex.toUpperCase()}`,
        );
      case 'open': {
        const { open } = event;
        const capabilities = open.capabilities.map(formatCapability).join(', ');
        return line(
          `receive open version ${open.version} asn ${openAs(open)} hold_time ${open.holdTimeSeconds} router_id ${formatIpv4(open.routerId)} capabilities [${capabilities}]`,
        );
      }
      case 'update':
        return updateLines(event.update)
          .map((text) => line(`receive update ${text}`))
          .join('');
      case 'keepalive':
        return line('receive keepalive');
      case 'refresh':
        return line(`receive route-refresh afi ${event.afi} safi ${event.safi} ${event.subtype}`);
    }
  }

  shutdown(): string {
    return `shutdown ${process.pid} ${process.ppid}\n`;
  }

  gap(dropped: number): string {
    return `gap ${dropped}\n`;
  }
}

function updateLines(update: ReceivedUpdate): string[] {
  const { endOfRib } = update;
  if (endOfRib !== undefined)
    return [
      'start',
      `route eor ${endOfRib.afi}/${endOfRib.safi} (${endOfRib.name.replace('-', ' ')})`,
      'end',
    ];
  const { announced, withdrawn } = updateFacts(update);
  const attributes = attributesText(update.attributes);
  return [
    'start',
    ...announced.flatMap(({ nextHop, routes }) =>
      routes.map(({ prefix }) => `announced ${prefix} next-hop ${nextHop}${attributes}`),
    ),
    ...withdrawn.flatMap(({ routes }) => routes.map(({ prefix }) => `withdrawn ${prefix}`)),
    'end',
  ];
}

/** With a blank in front of each word. */
function attributesText(attributes: PathAttributes): string {
  const { origin, asPath, med, localPref, aggregator, communities, largeCommunities, extendedCommunities } =
    attributes;
  const list = (items: readonly (string | number)[]): string =>
    items.length === 1 ? String(items[0]) : `[ ${items.join(' ')} ]`;
  const parts = [
    ...(origin === undefined ? [] : [`origin ${origin}`]),
    ...(asPath === undefined ? [] : [`as-path [ ${asPath.flatMap(({ asns }) => asns).join(' ')} ]`]),
    ...(med === undefined ? [] : [`med ${med}`]),
    ...(localPref === undefined ? [] : [`local-preference ${localPref}`]),
    ...(attributes.atomicAggregate === undefined ? [] : ['atomic-aggregate']),
    ...(aggregator === undefined ? [] : [`aggregator ( ${aggregator.as}:${aggregator.address} )`]),
    ...(communities === undefined
      ? []
      : [`community ${list(communities.map((value) => `${value >>> 16}:${value & 0xffff}`))}`]),
    ...(attributes.originatorId === undefined ? [] : [`originator-id ${attributes.originatorId}`]),
    ...(attributes.clusterList === undefined ? [] : [`cluster-list [ ${attributes.clusterList.join(' ')} ]`]),
    ...(extendedCommunities === undefined
      ? []
      : [`extended-community ${list(extendedCommunities.map(formatExtendedCommunity))}`]),
    ...(largeCommunities === undefined
      ? []
      : [`large-community ${list(largeCommunities.map(formatLargeCommunity))}`]),
  ];
  return parts.map((part) => ` ${part}`).join('');
}
