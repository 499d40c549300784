/** `show metallb`: one line for each object, then what needs attention. */
import type { MetallbObject, MetallbStatus } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { count } from './quantities.ts';
import { tableLines } from './table.ts';

/** Kinds in the order of their importance; those that only lend something to others are not listed while they are fine. */
const ORDER = [
  'Service',
  'BGPPeer',
  'IPAddressPool',
  'BGPAdvertisement',
  'Community',
  'BFDProfile',
  'L2Advertisement',
];
const LENT = ['Endpoints', 'EndpointSlice', 'Secret', 'Namespace', 'Node'];

/** Text of `show metallb`. */
export function formatMetallb(status: MetallbStatus, paint: Paint): string {
  const isOther = ({ kind, state }: MetallbObject) => kind === 'Service' && state === 'inactive';
  const others = status.objects.filter(isOther).length;
  const listed = status.objects.filter(
    (object) => !isOther(object) && (!LENT.includes(object.kind) || object.state !== 'accepted'),
  );
  const rank = ({ kind }: MetallbObject) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  const objects = [...listed].sort((a, b) => rank(a) - rank(b));
  const head = `Node ${status.node}, ${count(status.files.length, 'file')}, ${count(status.objects.length, 'object')}`;
  const lines = tableLines(
    objects,
    [
      { title: 'Kind', text: ({ kind }) => kind },
      { title: 'Name', text: nameOf },
      { title: 'State', text: ({ state }) => state, style: (object) => stateStyle(object, paint) },
      { title: 'Facts', text: factsOf },
    ],
    paint,
  );
  const attention = objects.flatMap((object) => remarksOn(object, paint));
  const problems = status.problems.map(({ file, line, column, message }) =>
    paint.bad(`! ${file}:${line}:${column}: ${message}; what it said before is in force`),
  );
  const rest = others === 0 ? [] : [`${count(others, 'service')} without a load balancer of ours`];
  const missing = status.unmatched.map((pattern) => paint.warning(`! no file matches ${pattern}`));
  const drain = status.drain;
  const drained =
    drain === undefined
      ? []
      : [
          paint.warning(
            `! ${drain.stage === 'announced' ? 'being drained' : 'drained'}; \`bellhop undrain --all\` ends that`,
          ),
        ];
  const below = [...drained, ...rest, ...missing, ...problems, ...attention];
  return `${[head, '', ...lines, ...(below.length > 0 ? ['', ...below] : [])].join('\n')}\n`;
}

function nameOf({ kind, namespace, name }: MetallbObject): string {
  return kind === 'Service' ? `${namespace}/${name}` : name;
}

function stateStyle({ state, reason }: MetallbObject, paint: Paint): (text: string) => string {
  if (state === 'refused' || state === 'outdated') return paint.bad;
  return state === 'accepted' && reason === undefined ? paint.good : paint.warning;
}

function factsOf({
  addresses,
  pool,
  announced,
  services,
  counts,
  address,
  session,
  prefixes,
}: MetallbObject): string {
  const facts: string[] = [];
  if (addresses !== undefined) facts.push(`${addresses.join(', ')} of ${pool ?? '-'}`);
  for (const { prefix, peers } of announced ?? []) facts.push(`${prefix} to ${peers.join(', ')}`);
  if (address !== undefined) facts.push(address, session ?? 'no session');
  if (prefixes !== undefined) facts.push(count(prefixes.length, 'prefix', 'prefixes'));
  if (counts !== undefined)
    facts.push(`${counts.assignedIPv4 + counts.assignedIPv6} assigned`, freeOf(counts));
  if (services !== undefined && services.length > 0) facts.push(services.join(', '));
  return facts.join('; ');
}

function freeOf({ availableIPv4, availableIPv6 }: NonNullable<MetallbObject['counts']>): string {
  const parts = [
    ...(availableIPv4 === '0' && availableIPv6 !== '0' ? [] : [`${availableIPv4} IPv4`]),
    ...(availableIPv6 === '0' ? [] : [`${availableIPv6} IPv6`]),
  ];
  return `${parts.join(' and ')} free`;
}

function remarksOn(object: MetallbObject, paint: Paint): string[] {
  const { kind, file, line, state, reason, notes, announced } = object;
  const isWrong = state === 'refused' || state === 'outdated';
  const name = `${kind} ${nameOf(object)}`;
  const style = isWrong ? paint.bad : paint.warning;
  return [
    ...(reason === undefined ? [] : [style(`! ${name}: ${reason}${isWrong ? ` (${file}:${line})` : ''}`)]),
    ...notes.map((note) => paint.warning(`! ${name}: ${note}`)),
    ...(announced ?? []).flatMap(({ prefix, problem }) =>
      problem === undefined ? [] : [paint.warning(`! ${name}: ${prefix} is not announced: ${problem}`)],
    ),
  ];
}
