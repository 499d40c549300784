/**
 * `bellhop doctor`: the chain from the checks of a VIP to its peers, link by link, in the order in which each depends
 * on the one before. The first broken link is the one to mend.
 */
import type { SpeakerView } from '../speaker/events.ts';
import type { NeighborStatus, RouteEntry } from '../speaker/status.ts';
import type { Diagnosis, DoctorLink, VipStatus } from './status.ts';

type View = Pick<SpeakerView, 'ownRoutes' | 'routes'>;

const HEALTHY_CHECK: readonly string[] = ['UP', 'FALLING'];

/** The chain of one VIP now. `isFlushed`: what was decided is in the sockets of all peers. */
export function diagnose(
  vip: VipStatus,
  speaker: View,
  neighbors: readonly NeighborStatus[],
  isFlushed: boolean,
): Diagnosis {
  const links: DoctorLink[] = [
    ...checkLinks(vip),
    requireLink(vip),
    maintenanceLink(vip),
    drainLink(vip),
    ...addressLinks(vip),
    announcedLink(vip),
  ];
  // Peers are told what is in the table; without it there is nothing to find there.
  if (vip.announced === 'withdrawn')
    links.push(
      skipped('table'),
      ...audience(vip, neighbors).map(({ address }) => skipped(`peer ${address}`)),
    );
  else
    links.push(
      ...vip.prefixes.map((prefix) => tableLink(prefix, vip, speaker)),
      ...peerLinks(vip, speaker, neighbors),
      flushLink(isFlushed),
    );
  const firstBroken = links.findIndex(({ status }) => status === 'broken');
  return {
    vip: vip.name,
    state: vip.state,
    healthy: firstBroken < 0,
    firstBroken: firstBroken < 0 ? undefined : firstBroken,
    links,
  };
}

function link(
  name: string,
  status: DoctorLink['status'],
  detail: string,
  more: readonly string[] = [],
): DoctorLink {
  return { link: name, status, detail, more };
}

function skipped(name: string): DoctorLink {
  return link(name, 'skipped', 'not announced');
}

/** A check that is down breaks the chain only when it is needed. */
function checkLinks({ checks, required }: VipStatus): DoctorLink[] {
  const isShort = checks.filter(({ state }) => HEALTHY_CHECK.includes(state)).length < required;
  return checks.map((check) => {
    const { name, state, count, rise, fall, history } = check;
    const last = history[0];
    const counting =
      state === 'RISING' ? ` ${count}/${rise}` : state === 'FALLING' ? ` ${count}/${fall}` : '';
    const detail = `${state}${counting}: ${last?.detail ?? 'no result yet'}${last === undefined ? '' : ` (${last.milliseconds} ms)`}`;
    const isHealthy = HEALTHY_CHECK.includes(state);
    const status = isHealthy ? (state === 'FALLING' ? 'warning' : 'ok') : isShort ? 'broken' : 'warning';
    const more = history.map(
      ({ time, ok, detail: said, milliseconds }) =>
        `${time} ${ok ? 'ok  ' : 'FAIL'} ${said} (${milliseconds} ms)`,
    );
    return link(`check ${name}`, status, detail, more);
  });
}

function requireLink({ checks, required, state, reason }: VipStatus): DoctorLink {
  const healthy = checks.filter((check) => HEALTHY_CHECK.includes(check.state)).length;
  const detail = `${healthy} of ${checks.length} checks healthy, ${required} required; ${state} because of ${reason}`;
  return link('state', healthy >= required ? 'ok' : 'broken', detail);
}

function maintenanceLink({ maintenance, maintenanceFile }: VipStatus): DoctorLink {
  if (maintenanceFile === undefined) return link('maintenance', 'ok', 'no maintenance file configured');
  return maintenance
    ? link('maintenance', 'broken', `${maintenanceFile} exists: remove it to announce the VIP`)
    : link('maintenance', 'ok', `${maintenanceFile} does not exist`);
}

function drainLink({ drain, name }: VipStatus): DoctorLink {
  if (drain === undefined) return link('drain', 'ok', 'not drained');
  return drain.stage === 'withdrawn'
    ? link('drain', 'broken', `drained since ${drain.since}: \`bellhop undrain ${name}\` ends it`)
    : link('drain', 'warning', `draining since ${drain.since}, for ${drain.graceSeconds} s`);
}

function addressLinks(vip: VipStatus): DoctorLink[] {
  return vip.interfaceAddresses.map(({ interface: name, address, present, ours }) => {
    const place = `${address} on ${name}`;
    if (present) return link('address', 'ok', `${place}${ours ? '' : ', and not put there by bellhop'}`);
    const isWanted = vip.state === 'UP' || vip.state === 'FALLING';
    return link(
      'address',
      isWanted && !vip.maintenance && vip.drain?.stage !== 'withdrawn' ? 'broken' : 'skipped',
      `no ${place}${vip.problem === undefined ? '' : `: ${vip.problem}`}`,
    );
  });
}

function announcedLink({ announced, problem, state, lastWithdrawal }: VipStatus): DoctorLink {
  const name = 'announcement';
  if (problem !== undefined) return link(name, 'broken', problem);
  switch (announced) {
    case 'up':
      return link(name, 'ok', 'announced as healthy');
    case 'draining':
      return link(name, 'warning', 'announced with GRACEFUL_SHUTDOWN and LOCAL_PREF 0');
    case 'degraded':
      return link(name, 'warning', 'DOWN, but kept announced as `on-down` says');
    case 'withdrawn': {
      const flush = lastWithdrawal?.flushMilliseconds;
      const last =
        lastWithdrawal === undefined
          ? 'never announced so far'
          : `withdrawn at ${lastWithdrawal.time} (${lastWithdrawal.reason})${flush === undefined ? '' : `, with all peers after ${flush} ms`}`;
      return link(name, state === 'UP' || state === 'FALLING' ? 'broken' : 'skipped', last);
    }
  }
}

/** Our route in the table, and who else announces the prefix. */
function tableLink(prefix: string, vip: VipStatus, speaker: View): DoctorLink {
  const name = `table ${prefix}`;
  const own = speaker.ownRoutes.entries(`vip:${vip.name}`).find(({ route }) => route.prefix === prefix);
  if (own === undefined) return link(name, 'broken', 'bellhop has no such route');
  if (!own.active) return link(name, 'warning', `not active: ${own.reason ?? 'unknown'}`);
  const routes = speaker.routes({ prefix });
  const best = routes.find((route) => route.best);
  const others = routes.filter(({ peer }) => peer !== 'local').map(rivalText);
  if (best === undefined) return link(name, 'broken', 'not selected', others);
  return best.peer === 'local'
    ? link(name, 'ok', others.length === 0 ? 'best, and the only one' : 'best', others)
    : link(name, 'broken', `the route of ${best.peer} is better`, others);
}

function rivalText({ peer, asPath, med, localPref, lostBy, rejectReason }: RouteEntry): string {
  const why = rejectReason ?? (lostBy === undefined ? 'wins' : `loses by ${lostBy}`);
  return `also from ${peer}: path ${asPath === '' ? '(empty)' : asPath}, MED ${med ?? '-'}, LOCAL_PREF ${localPref ?? '-'}: ${why}`;
}

function audience({ peers }: VipStatus, neighbors: readonly NeighborStatus[]): readonly NeighborStatus[] {
  return neighbors.filter(({ address }) => peers === undefined || peers.includes(address));
}

/** Session, family, export policy, and whether each prefix was advertised. One peer that hears it is enough. */
function peerLinks(vip: VipStatus, speaker: View, neighbors: readonly NeighborStatus[]): DoctorLink[] {
  const heard = audience(vip, neighbors);
  if (heard.length === 0) return [link('peers', 'broken', 'no neighbor may hear it')];
  const links = heard.map((neighbor) => peerLink(vip, speaker, neighbor));
  const isHeard = links.some(({ status }) => status === 'ok');
  return links.map((one) => (isHeard && one.status === 'broken' ? { ...one, status: 'warning' } : one));
}

function peerLink(vip: VipStatus, speaker: View, neighbor: NeighborStatus): DoctorLink {
  const { address, state, description, exportPolicy, families, lastError } = neighbor;
  const name = `peer ${address}${description === undefined ? '' : ` (${description})`}`;
  if (state !== 'Established')
    return link(
      name,
      'broken',
      `session is ${state}${lastError === undefined ? '' : `: ${lastError.reason}`}`,
    );
  const missing: string[] = [];
  const sent: string[] = [];
  for (const prefix of vip.prefixes) {
    const family = prefix.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast';
    const route = speaker.routes({ prefix, advertised: address })[0];
    if (route !== undefined) sent.push(advertisedText(route));
    else if (!families.some((one) => one.family === family && one.negotiated))
      missing.push(`${prefix}: ${family} is not negotiated`);
    else missing.push(`${prefix}: export policy is ${exportPolicy}, or a rule keeps it back`);
  }
  return missing.length === 0
    ? link(name, 'ok', `advertised, export policy ${exportPolicy}`, sent)
    : link(name, 'broken', `not advertised: ${missing.join('; ')}`, sent);
}

function advertisedText({ prefix, nextHop, med, localPref, asPath, communities }: RouteEntry): string {
  const parts = [
    `${prefix} next hop ${nextHop}`,
    `path ${asPath === '' ? '(empty)' : asPath}`,
    ...(med === undefined ? [] : [`MED ${med}`]),
    ...(localPref === undefined ? [] : [`LOCAL_PREF ${localPref}`]),
    ...(communities.length === 0 ? [] : [communities.join(' ')]),
  ];
  return parts.join(', ');
}

function flushLink(isFlushed: boolean): DoctorLink {
  return isFlushed
    ? link('sockets', 'ok', 'everything decided is in the sockets of all peers')
    : link('sockets', 'warning', 'a peer reads slowly: not everything has been sent');
}
