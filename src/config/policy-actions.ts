/**
 * `set:` of a term to actions, in the order in which they are carried out, whatever order they have in the file.
 */
import type {
  Action,
  CommunityLiteral,
  CommunityPattern,
  OriginName,
  PrivateAsMode,
} from '../policy/types.ts';
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import { communityItem } from './policy-match.ts';
import { itemsOf, type PolicySets, reportComplaint } from './policy-sets.ts';
import { asNumberOf, parseChange, parseCommunityToAdd } from './policy-values.ts';
import { Complaint, nextHop as nextHopSchema } from './schema-types.ts';

const MAX_AIGP = 0xffff_ffff_ffff_ffffn;

type Values = Readonly<Record<string, unknown>>;

/** The actions of a term. What is wrong has been reported and is left out. */
export function resolveActions(set: unknown, path: KeyPath, sets: PolicySets, report: Report): Action[] {
  if (!isObject(set)) return [];
  const actions: Action[] = [];
  for (const kind of ['local-pref', 'med'] as const) {
    const value = set[kind];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const change = reportComplaint(parseChange(value, kind === 'med'), [...path, kind], report);
    if (change !== undefined) actions.push({ kind, change });
  }
  const aigp = set['aigp'];
  if (typeof aigp === 'string' || typeof aigp === 'number') {
    const action = reportComplaint(parseAigp(aigp), [...path, 'aigp'], report);
    if (action !== undefined) actions.push(action);
  }
  if (typeof set['origin'] === 'string')
    actions.push({ kind: 'origin', origin: set['origin'] as OriginName });
  if (typeof set['remove-private-as'] === 'string')
    actions.push({ kind: 'remove-private-as', mode: set['remove-private-as'] as PrivateAsMode });
  actions.push(...resolvePrepend(set['prepend'], [...path, 'prepend'], report));
  actions.push(...resolveCommunities(set['community'], [...path, 'community'], sets, report));
  actions.push(...resolveNextHop(set['next-hop'], [...path, 'next-hop'], report));
  if (Object.keys(set).length === 0) report.error(path, '`set` is empty', 'remove it', 'key');
  return actions;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseAigp(value: string | number): Action | Complaint {
  if (value === 'none') return { kind: 'aigp', value: undefined };
  // YAML has rounded it already.
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    return new Complaint('numbers above 9007199254740991 lose digits in YAML', 'put it in quotes');
  const text = String(value);
  if (!/^\d{1,20}$/.test(text) || BigInt(text) > MAX_AIGP)
    return new Complaint(`\`${value}\` is not an AIGP metric`, 'write a number, or `none`');
  return { kind: 'aigp', value: String(BigInt(text)) };
}

function resolvePrepend(value: unknown, path: KeyPath, report: Report): Action[] {
  if (!isObject(value)) return [];
  const { as, count } = value;
  if (typeof as !== 'string' && typeof as !== 'number') return [];
  const times = typeof count === 'number' ? count : 1;
  if (as === 'own' || as === 'last') return [{ kind: 'prepend', as, count: times }];
  const number = asNumberOf(String(as));
  if (number === undefined || number === 0) {
    report.error([...path, 'as'], `\`${as}\` is not an AS to prepend`, 'write `own`, `last` or a number');
    return [];
  }
  return [{ kind: 'prepend', as: number, count: times }];
}

function resolveCommunities(value: unknown, path: KeyPath, sets: PolicySets, report: Report): Action[] {
  if (!isObject(value)) return [];
  const actions: Action[] = [];
  if (value['set'] !== undefined && (value['add'] !== undefined || value['remove'] !== undefined))
    report.error(
      [...path, 'set'],
      '`set` does not go together with `add` and `remove`',
      'use two terms',
      'key',
    );
  if (value['set'] !== undefined)
    actions.push({
      kind: 'communities-set',
      communities: literals(value['set'], [...path, 'set'], sets, report),
    });
  if (value['remove'] !== undefined)
    actions.push({
      kind: 'communities-remove',
      patterns: patterns(value['remove'], [...path, 'remove'], sets, report),
    });
  if (value['add'] !== undefined)
    actions.push({
      kind: 'communities-add',
      communities: literals(value['add'], [...path, 'add'], sets, report),
    });
  return actions;
}

function patterns(value: unknown, path: KeyPath, sets: PolicySets, report: Report): CommunityPattern[] {
  return itemsOf(value, path).flatMap((item) => {
    const text = String(item.value);
    return sets.communities.has(text) ? sets.communities.get(text) : communityItem(item, sets, report);
  });
}

/** Communities without wildcards; the name of a set stands for those in it. */
function literals(value: unknown, path: KeyPath, sets: PolicySets, report: Report): CommunityLiteral[] {
  return itemsOf(value, path).flatMap((item) => {
    const text = String(item.value);
    const isSet = sets.communities.has(text);
    if (isSet) sets.communities.get(text);
    else if (!text.includes(':') && parseCommunityToAdd(text) instanceof Complaint) {
      sets.communities.find(item);
      return [];
    }
    const texts = isSet ? (sets.communityTexts[text] ?? []) : [text];
    return texts
      .map((one) => reportComplaint(parseCommunityToAdd(one), item.path, report))
      .filter((literal) => literal !== undefined);
  });
}

function resolveNextHop(value: unknown, path: KeyPath, report: Report): Action[] {
  if (typeof value !== 'string' && !Array.isArray(value)) return [];
  const forms = 'write `self`, `unchanged`, an address, or one IPv4 and one IPv6 address';
  if (value === 'unchanged')
    return [{ kind: 'next-hop', mode: 'unchanged', ipv4: undefined, ipv6: undefined }];
  const result = nextHopSchema.safeParse(value);
  if (!result.success || result.data.mode === 'third-party') {
    const issue = result.error?.issues[0];
    const hint = issue?.code === 'custom' ? (issue.params?.['hint'] as string | undefined) : undefined;
    report.error(
      path,
      issue?.message ?? `a policy cannot set \`${value}\``,
      value === 'third-party' ? forms : (hint ?? forms),
    );
    return [];
  }
  const { ipv4, ipv6 } = result.data;
  const mode = ipv4 === undefined && ipv6 === undefined ? 'self' : 'address';
  return [{ kind: 'next-hop', mode, ipv4, ipv6 }];
}
