/**
 * BGPPeers as neighbors. Nothing of theirs is accepted, and they are told what BGPAdvertisements say and nothing else
 * (RFC 8212). What bellhop cannot do as the object says is either noted, or, where the session would be another one than
 * meant, a reason for no session at all.
 */
import { MAX_MD5_KEY_BYTES } from '../../base/limits.ts';
import { neighborOf } from '../../config/resolve-peer.ts';
import type { Config, NeighborConfig } from '../../config/types.ts';
import type { FamilyName } from '../../wire/families/index.ts';
import type { PeerSpec } from './kinds/peer.ts';
import type { Manifest } from './manifest.ts';
import { type Labels, selectsAny } from './selectors.ts';
import { versionOf } from './service.ts';

/** What of the configuration plays a part. */
export interface Surroundings extends Pick<Config, 'as' | 'routerId'> {
  readonly neighbors: readonly Pick<NeighborConfig, 'address'>[];
}

/** A BGPPeer that has a session. */
export interface Peer {
  readonly name: string;
  readonly neighbor: NeighborConfig;
  readonly external: boolean;
  readonly notes: readonly string[];
}

/** No session: because the object is not for this node, or because it cannot be had. */
export interface NoPeer {
  readonly inactive: boolean;
  readonly reason: string;
}

export interface PeerContext {
  readonly config: Surroundings;
  readonly nodeLabels: Labels;
  readonly secrets: readonly Manifest<'Secret'>[];
  readonly bfdProfiles: ReadonlySet<string>;
}

/** Name of the export policy of a peer; names with a colon are not for configuration files. */
export function policyName(peer: string): string {
  return `metallb:${peer}`;
}

export function peerOf(manifest: Manifest<'BGPPeer'>, context: PeerContext): Peer | NoPeer {
  const { spec } = manifest.contents;
  const { config, nodeLabels } = context;
  const refused = (reason: string): NoPeer => ({ inactive: false, reason });
  const contradiction = contradictionIn(spec);
  if (contradiction !== undefined) return refused(contradiction);
  if (!selectsAny(spec.nodeSelectors, nodeLabels))
    return { inactive: true, reason: 'its nodeSelectors do not select this node' };
  const obstacle = obstacleTo(spec, config);
  if (obstacle !== undefined) return refused(obstacle);
  const password = passwordOf(manifest, context.secrets);
  if (typeof password === 'object') return refused(password.problem);
  const peerAs = spec.peerASN ?? spec.dynamicASN!;
  const external = peerAs === 'external' || (peerAs !== 'internal' && peerAs !== config.as);
  const address = spec.peerAddress!;
  const families: FamilyName[] = [versionOf(address) === 4 ? 'ipv4-unicast' : 'ipv6-unicast'];
  if (spec.dualStackAddressFamily)
    families.push(families[0] === 'ipv4-unicast' ? 'ipv6-unicast' : 'ipv4-unicast');
  const neighbor: NeighborConfig = {
    ...neighborOf(address, peerAs, {
      description: manifest.name,
      port: spec.peerPort,
      families: families.sort(),
      password,
      'local-address': spec.sourceAddress,
      'hold-time': spec.holdTime,
      'connect-retry': spec.connectTime,
      // As FRR has it: any number of hops.
      multihop: external && spec.ebgpMultiHop ? 255 : undefined,
    }),
    import: ['reject'],
    export: [policyName(manifest.name)],
  };
  return { name: manifest.name, neighbor, external, notes: notesOn(spec, neighbor, external, context) };
}

/** What the API server or MetalLB would have refused. */
function contradictionIn(spec: PeerSpec): string | undefined {
  if (spec.peerASN === undefined && spec.dynamicASN === undefined)
    return 'it has neither peerASN nor dynamicASN';
  if (spec.peerASN !== undefined && spec.dynamicASN !== undefined)
    return 'it has both peerASN and dynamicASN';
  if (spec.peerAddress === undefined && spec.interface === undefined)
    return 'it has neither peerAddress nor interface';
  if (spec.peerAddress !== undefined && spec.interface !== undefined)
    return 'it has both peerAddress and interface';
  if (spec.disableMP && spec.dualStackAddressFamily)
    return 'disableMP and dualStackAddressFamily contradict each other';
  const { sourceAddress, peerAddress } = spec;
  if (
    sourceAddress !== undefined &&
    peerAddress !== undefined &&
    versionOf(sourceAddress) !== versionOf(peerAddress)
  )
    return `sourceAddress ${sourceAddress} and peerAddress ${peerAddress} have different IP versions`;
  const { keepaliveTime, holdTime = 90 } = spec;
  if (keepaliveTime !== undefined && keepaliveTime > holdTime)
    return `keepaliveTime ${keepaliveTime}s is longer than the hold time of ${holdTime}s`;
  return undefined;
}

/** Why the session cannot be had as it is meant. */
function obstacleTo(spec: PeerSpec, { as, neighbors }: Surroundings): string | undefined {
  if (spec.interface !== undefined)
    return `interface ${spec.interface}: unnumbered peers need the link-local address of the peer as peerAddress (fe80::1%${spec.interface})`;
  if (spec.vrf !== undefined) return `vrf ${spec.vrf}: bellhop has sessions in the VRF it is started in only`;
  const localAs = spec.localASN ?? spec.myASN;
  if (localAs !== as)
    return `${spec.localASN === undefined ? 'myASN' : 'localASN'} is ${localAs}, but \`as\` of the configuration is ${as}`;
  if (neighbors.some(({ address }) => address === spec.peerAddress))
    return `${spec.peerAddress} is a neighbor of the configuration, which goes before`;
  return undefined;
}

function passwordOf(
  { contents: { spec }, namespace }: Manifest<'BGPPeer'>,
  secrets: readonly Manifest<'Secret'>[],
): string | undefined | { readonly problem: string } {
  const reference = spec.passwordSecret?.name;
  if (!reference) return checked(spec.password || undefined, 'password');
  if (spec.password) return { problem: 'it has both password and passwordSecret' };
  const space = spec.passwordSecret?.namespace || namespace;
  const secret = secrets.find((one) => one.name === reference && one.namespace === space);
  const name = `Secret ${space}/${reference}`;
  if (secret === undefined) return { problem: `${name} is not among the manifests` };
  const { type, data, stringData } = secret.contents;
  if (type !== 'kubernetes.io/basic-auth')
    return { problem: `${name} has type ${type}, not kubernetes.io/basic-auth` };
  const encoded = data['password'];
  const value =
    stringData['password'] ?? (encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString());
  return value ? checked(value, name) : { problem: `${name} has no password` };
}

function checked(password: string | undefined, where: string): string | undefined | { problem: string } {
  const bytes = Buffer.byteLength(password ?? '');
  return bytes <= MAX_MD5_KEY_BYTES
    ? password
    : { problem: `the key in ${where} has ${bytes} bytes; TCP MD5 takes ${MAX_MD5_KEY_BYTES}` };
}

/** What is not as the object says, though the session is. */
function notesOn(
  spec: PeerSpec,
  { holdTimeSeconds }: NeighborConfig,
  external: boolean,
  { config, bfdProfiles }: PeerContext,
): string[] {
  const notes: string[] = [];
  const { keepaliveTime, routerID, bfdProfile } = spec;
  const third = Math.floor(holdTimeSeconds / 3);
  if (keepaliveTime !== undefined && keepaliveTime !== third)
    notes.push(
      `keepaliveTime ${keepaliveTime}s: KEEPALIVEs go out at a third of the hold time, every ${third}s`,
    );
  if (routerID !== undefined && routerID !== config.routerId)
    notes.push(`routerID ${routerID}: bellhop has one for all peers, ${config.routerId}`);
  if (bfdProfile) {
    const known = bfdProfiles.has(bfdProfile) ? '' : ', and there is no such BFDProfile';
    notes.push(`bfdProfile ${bfdProfile}: bellhop has no BFD${known}; the hold time finds a dead peer`);
  }
  if (spec.enableGracefulRestart)
    notes.push('enableGracefulRestart: bellhop does not offer graceful restart (RFC 4724)');
  if (spec.ebgpMultiHop && !external)
    notes.push('ebgpMultiHop does nothing for an iBGP peer, which may be any number of hops away');
  return notes;
}
