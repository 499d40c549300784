/**
 * From an entry of `vips` to a {@link VipConfig}: one kind for each check, defaults, and what the rest of the file
 * has to say about it (neighbors named in `peers`, networks that announce the same prefix for ever).
 */
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import type { CheckInput, FileInput, VipInput } from './schema.ts';
import { VIP_DEFAULTS } from './schema-vip.ts';
import { suggest } from './suggest.ts';
import { announcedPrefixes } from './vip-prefixes.ts';
import type { CheckConfig, CheckProbe, OnDown, VipConfig } from './vip-types.ts';

const KINDS = ['http', 'tcp', 'exec', 'dns', 'grpc'] as const;
type Kind = (typeof KINDS)[number];

/** Which kinds of check a key belongs to; the others suit every kind. */
const KINDS_OF_KEY: ReadonlyMap<keyof CheckInput, readonly Kind[]> = new Map([
  ['method', ['http']],
  ['headers', ['http']],
  ['expect-status', ['http']],
  ['expect-body', ['http']],
  ['tls-verify', ['http', 'grpc']],
  ['send', ['tcp']],
  ['expect', ['tcp']],
  ['service', ['grpc']],
  ['tls', ['grpc']],
]);

/** All VIPs of the file. */
export function resolveVips(file: FileInput, report: Report): readonly VipConfig[] {
  const networks = new Set(file.networks?.map(({ prefix }) => prefix));
  const owners = new Map<string, string>();
  const vips: VipConfig[] = [];
  for (const [index, input] of (file.vips ?? []).entries()) {
    const path: KeyPath = ['vips', index];
    const vip = resolveVip(input, path, file, report);
    if (vip === undefined) continue;
    for (const prefix of announcedPrefixes(vip)) {
      if (networks.has(prefix))
        report.error(
          [...path, 'addresses'],
          `${prefix} is in \`networks\` too, which announces it whether \`${vip.name}\` is healthy or not`,
          'remove it there',
        );
      const other = owners.get(prefix);
      if (other !== undefined)
        report.warning(
          [...path, 'addresses'],
          `${prefix} belongs to VIP \`${other}\` as well: it is announced while either of them is up`,
        );
      owners.set(prefix, vip.name);
    }
    vips.push(vip);
  }
  return vips;
}

function resolveVip(input: VipInput, path: KeyPath, file: FileInput, report: Report): VipConfig | undefined {
  const checks = (input.checks ?? []).map((check, i) => resolveCheck(check, [...path, 'checks', i], report));
  const peers = resolveNeighborNames(input.announce?.peers, [...path, 'announce', 'peers'], file, report);
  checkFile(input, path, report);
  checkInterface(input, path, report);
  checkOnDown(input, path, file, report);
  const count = input.checks?.length ?? 0;
  const { require } = input;
  if (typeof require === 'number' && require > count)
    report.error(
      [...path, 'require'],
      `\`require: ${require}\` can never hold with ${count} checks`,
      `write at most ${count}, \`all\` or \`any\``,
    );
  if (input.name === undefined || input.addresses === undefined) return undefined;
  const { announce, hooks } = input;
  return {
    name: input.name,
    addresses: [...new Set(input.addresses)],
    checks: withUniqueNames(checks.filter((check) => check !== undefined)),
    required: require === 'any' ? Math.min(1, count) : typeof require === 'number' ? require : count,
    onDown: resolveOnDown(input),
    interface: input.interface,
    removeDelaySeconds: input['remove-delay'] ?? 0,
    maintenanceFile: input['maintenance-file'],
    announce: {
      communities: [...new Set(announce?.communities)],
      largeCommunities: announce?.['large-communities'] ?? [],
      med: announce?.med,
      localPref: announce?.['local-pref'],
      peers,
      aggregationLength: announce?.['aggregation-length'] ?? 32,
      aggregationLengthV6: announce?.['aggregation-length-v6'] ?? 128,
      linkBandwidth: announce?.['link-bandwidth'],
    },
    hooks: {
      up: hooks?.up,
      down: hooks?.down,
      timeoutSeconds: hooks?.timeout ?? VIP_DEFAULTS['hook-timeout'],
    },
  };
}

function resolveOnDown({ 'on-down': onDown }: VipInput): OnDown {
  const words = typeof onDown === 'object' ? onDown : {};
  return {
    withdraw: typeof onDown !== 'object',
    med: words.med,
    prepend: words.prepend,
    communities: [...new Set(words.communities)],
    localPref: words['local-pref'],
  };
}

function resolveCheck(input: CheckInput, path: KeyPath, report: Report): CheckConfig | undefined {
  const kinds = KINDS.filter((kind) => input[kind] !== undefined);
  const kind = kinds[0];
  if (kind === undefined) {
    if (!KINDS.some((one) => report.isReported([...path, one])) && !report.isReported(path))
      report.error(
        path,
        'the check does not say what to check',
        'add `http`, `tcp`, `exec`, `dns` or `grpc`',
      );
    return undefined;
  }
  if (kinds.length > 1)
    report.error(
      [...path, kinds[1]!],
      `a check has one kind, not ${kinds.join(' and ')}`,
      'make it two checks',
    );
  for (const [key, allowed] of KINDS_OF_KEY)
    if (input[key] !== undefined && !allowed.includes(kind))
      report.error(
        [...path, key],
        `\`${key}\` is for ${allowed.join(' and ')} checks, not for \`${kind}\``,
        key === 'expect' && kind === 'http' ? 'write `expect-body`' : 'remove it',
        'key',
      );
  const probe = resolveProbe(kind, input);
  if (probe === undefined) return undefined;
  const interval = input.interval ?? VIP_DEFAULTS.interval;
  return {
    name: input.name ?? describeProbe(probe),
    probe,
    intervalSeconds: interval,
    fastIntervalSeconds: Math.min(interval, input['fast-interval'] ?? VIP_DEFAULTS['fast-interval']),
    timeoutSeconds: input.timeout ?? VIP_DEFAULTS.timeout,
    rise: input.rise ?? VIP_DEFAULTS.rise,
    fall: input.fall ?? VIP_DEFAULTS.fall,
  };
}

/** The kind's keys with their defaults; undefined when a part that it needs was wrong and has been reported. */
function resolveProbe(kind: Kind, input: CheckInput): CheckProbe | undefined {
  const { http, tcp, exec, dns, grpc } = input;
  const tlsVerify = input['tls-verify'] ?? true;
  if (kind === 'http' && http !== undefined)
    return {
      kind,
      url: http,
      method: input.method ?? VIP_DEFAULTS.method,
      headers: Object.entries(input.headers ?? {}),
      expectStatus: input['expect-status'] ?? [{ low: 200, high: 299 }],
      expectBody: input['expect-body'],
      tlsVerify,
    };
  if (kind === 'tcp' && tcp !== undefined) return { kind, ...tcp, send: input.send, expect: input.expect };
  if (kind === 'exec' && exec !== undefined) return { kind, command: exec };
  if (kind === 'dns' && dns?.server !== undefined && dns.name !== undefined)
    return {
      kind,
      server: dns.server,
      port: dns.port ?? 53,
      name: dns.name,
      type: dns.type ?? 'A',
      expect: dns.expect,
    };
  if (kind === 'grpc' && grpc !== undefined)
    return { kind, ...grpc, service: input.service ?? '', tls: input.tls ?? false, tlsVerify };
  return undefined;
}

function describeProbe(probe: CheckProbe): string {
  switch (probe.kind) {
    case 'http':
      return probe.url;
    case 'exec':
      return `exec ${probe.command[0]}`;
    case 'dns':
      return `dns ${probe.name} ${probe.type} at ${probe.server}`;
    default: {
      const host = probe.host.includes(':') ? `[${probe.host}]` : probe.host;
      return `${probe.kind} ${host}:${probe.port}`;
    }
  }
}

/** A name identifies a check when a reload looks for the one it was. */
function withUniqueNames(checks: readonly CheckConfig[]): readonly CheckConfig[] {
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const times = (seen.get(check.name) ?? 0) + 1;
    seen.set(check.name, times);
    return times === 1 ? check : { ...check, name: `${check.name} (${times})` };
  });
}

/** Addresses of neighbors named by address, description or peer group in the list at `path`. */
export function resolveNeighborNames(
  given: readonly string[] | undefined,
  path: KeyPath,
  file: FileInput,
  report: Report,
): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const neighbors = file.neighbors ?? [];
  const found = new Set<string>();
  for (const [i, name] of given.entries()) {
    const matching = neighbors.filter(
      (one) => one.address === name || one.description === name || one['peer-group'] === name,
    );
    for (const { address } of matching) if (address !== undefined) found.add(address);
    if (matching.length > 0) continue;
    const names = neighbors.flatMap((one) => [one.description, one['peer-group'], one.address]);
    const meant = suggest(
      name,
      names.filter((one) => one !== undefined),
    );
    report.error(
      [...path, i],
      `no neighbor has the address, description or peer group \`${name}\``,
      meant === undefined ? 'write the address of a neighbor' : `did you mean \`${meant}\`?`,
    );
  }
  return [...found].sort();
}

function checkFile({ 'maintenance-file': file }: VipInput, path: KeyPath, report: Report): void {
  if (file !== undefined && !file.startsWith('/'))
    report.error(
      [...path, 'maintenance-file'],
      `\`${file}\` depends on where bellhop was started`,
      'write a path from the root, such as `/etc/bellhop/web.off`',
    );
}

function checkInterface(input: VipInput, path: KeyPath, report: Report): void {
  if (input.interface === undefined) return;
  for (const [i, address] of (input.addresses ?? []).entries()) {
    const host = address.includes(':') ? '/128' : '/32';
    if (!address.endsWith(host))
      report.error(
        [...path, 'addresses', i],
        `an interface can have an address, but not the prefix ${address}`,
        'write an address, and announce the prefix with `aggregation-length`; or remove `interface`',
      );
  }
}

function checkOnDown(input: VipInput, path: KeyPath, file: FileInput, report: Report): void {
  const onDown = input['on-down'];
  if (typeof onDown !== 'object') return;
  if (Object.values(onDown).every((value) => value === undefined))
    report.error(
      [...path, 'on-down'],
      '`on-down` says nothing to do',
      'write `withdraw`, or for example `{ med: 1000 }`',
    );
  const internal = (file.neighbors ?? []).some(
    (one) => one['peer-as'] === 'internal' || (file.as !== undefined && one['peer-as'] === file.as),
  );
  if (onDown.prepend !== undefined && internal)
    report.warning(
      [...path, 'on-down', 'prepend'],
      'iBGP neighbors take a path with our own AS for a loop: to them the routes are withdrawn',
      'use `local-pref` for them',
    );
}
