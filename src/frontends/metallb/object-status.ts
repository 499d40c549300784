/** The word about each object: from an evaluation to what people see. */
import { usableIn } from './addresses.ts';
import { isAbout } from './advertisements.ts';
import { type Evaluation, sentenceOf } from './evaluate.ts';
import type { HeldObject } from './holding.ts';
import type { Manifest } from './manifest.ts';
import { poolOfAddress } from './pools.ts';
import { versionOf } from './service.ts';
import type { MetallbObject, ObjectState, PoolCounts } from './status.ts';

/** What is known of a manifest that counts, besides who it is. */
type Verdict = Pick<MetallbObject, 'state'> & Partial<MetallbObject>;

const BGP_ONLY = 'bellhop announces by BGP only: nothing answers ARP or NDP';
const NO_BFD = 'bellhop has no BFD: sessions that name it rely on the hold time';

/** One status for each object, in their order. */
export function objectStatuses(evaluation: Evaluation): MetallbObject[] {
  return evaluation.objects.map((object) => statusOf(object, evaluation));
}

function statusOf(object: HeldObject, evaluation: Evaluation): MetallbObject {
  const { kind, namespace, name, place, manifest, errors, passedOver, twin } = object;
  const identity = { kind, namespace, name, file: place.file, line: place.line };
  const plain = (state: ObjectState, reason: string) => ({ ...identity, state, reason, notes: [] });
  if (passedOver !== undefined) return plain('not obeyed', passedOver);
  if (manifest === undefined) return plain('refused', sentenceOf(errors));
  if (twin !== undefined) return plain('refused', `there is one of this name already, in ${twin}`);
  const verdict = verdictOn(manifest, evaluation);
  const notes = [...manifest.notes, ...(verdict.notes ?? [])];
  if (errors.length === 0) return { ...identity, ...verdict, notes };
  const reason = `${sentenceOf(errors)}; what it said before is in force`;
  return { ...identity, ...verdict, notes, state: 'outdated', reason };
}

function verdictOn(manifest: Manifest, evaluation: Evaluation): Verdict {
  const { kind, name } = manifest;
  switch (kind) {
    case 'IPAddressPool':
      return poolVerdict(name, evaluation);
    case 'BGPAdvertisement':
      return advertisementVerdict(name, evaluation);
    case 'BGPPeer':
      return peerVerdict(name, evaluation);
    case 'Service':
      return serviceVerdict(manifest, evaluation);
    case 'BFDProfile':
      return { state: 'not obeyed', reason: NO_BFD };
    case 'L2Advertisement':
      return { state: 'not obeyed', reason: BGP_ONLY };
    case 'Community':
      return { state: 'accepted', notes: evaluation.communityNotes.get(name) ?? [] };
    default:
      return { state: 'accepted' };
  }
}

function poolVerdict(name: string, { refusedPools, pools, allocation, services }: Evaluation): Verdict {
  const reason = refusedPools.get(name);
  if (reason !== undefined) return { state: 'refused', reason };
  const pool = pools.find((one) => one.name === name)!;
  const mine = [...allocation].filter(
    ([key, one]) => typeof one !== 'string' && one.pool === name && services.has(key),
  );
  const used = new Set(mine.flatMap(([, one]) => (typeof one === 'string' ? [] : one.addresses)));
  const usedOf = (version: 4 | 6) => [...used].filter((address) => versionOf(address) === version).length;
  const available = (version: 4 | 6) =>
    pool.ranges
      .filter((range) => range.version === version)
      .reduce((sum, range) => sum + usableIn(range, pool.avoidBuggy), 0n) - BigInt(usedOf(version));
  const counts: PoolCounts = {
    assignedIPv4: usedOf(4),
    assignedIPv6: usedOf(6),
    availableIPv4: String(available(4)),
    availableIPv6: String(available(6)),
  };
  return { state: 'accepted', services: mine.map(([key]) => key).sort(), counts };
}

function advertisementVerdict(name: string, evaluation: Evaluation): Verdict {
  const found = evaluation.advertisements.get(name)!;
  if (!('pools' in found)) return { state: found.inactive ? 'inactive' : 'refused', reason: found.reason };
  const { announcements, allocation } = evaluation;
  const services = [...evaluation.services].flatMap(([key, service]) => {
    const assignment = allocation.get(key);
    if (!('key' in service) || assignment === undefined || typeof assignment === 'string') return [];
    return isAbout(found, service, assignment.pool) ? [key] : [];
  });
  const notes = [...found.notes, ...(announcements.conflicts.get(name) ?? [])];
  if (found.pools.size > 0) return { state: 'accepted', services: services.sort(), notes };
  return { state: 'inactive', reason: 'it selects no pool', notes };
}

function peerVerdict(name: string, { peers, routes }: Evaluation): Verdict {
  const peer = peers.get(name)!;
  if (!('neighbor' in peer)) return { state: peer.inactive ? 'inactive' : 'refused', reason: peer.reason };
  const { address } = peer.neighbor;
  const prefixes = routes.filter((route) => route.peers?.includes(address)).map(({ prefix }) => prefix);
  return { state: 'accepted', address, prefixes, notes: peer.notes };
}

function serviceVerdict({ namespace, name }: Manifest, evaluation: Evaluation): Verdict {
  const key = `${namespace}/${name}`;
  const service = evaluation.services.get(key)!;
  if (!('key' in service))
    return { state: service.inactive ? 'inactive' : 'refused', reason: service.reason };
  const assignment = evaluation.allocation.get(key)!;
  if (typeof assignment === 'string') return { state: 'refused', reason: assignment };
  const { addresses, pool } = assignment;
  const notes: string[] = [];
  const lost = service.assigned.filter((address) => !addresses.includes(address));
  for (const address of lost) {
    const why = poolOfAddress(evaluation.pools, address) === undefined ? ', which is in no pool' : '';
    notes.push(`its status says ${address}${why}`);
  }
  if (service.versions.length > addresses.length) notes.push('it would rather have both IP versions');
  const announced = evaluation.announcements.byService.get(key) ?? [];
  const reason = evaluation.silent.get(key);
  return { state: 'accepted', ...(reason !== undefined && { reason }), addresses, pool, announced, notes };
}
