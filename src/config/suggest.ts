/**
 * What did the author mean? Finds the known word next to an unknown one: another spelling of it
 * (`hold_time`, `holdTime`), another daemon's name for it (`remote-as`), or a slip of the finger.
 */

/** Other daemons' names of our keys (GoBGP, FRR, BIRD, OpenBGPD, ExaBGP, MetalLB), kebab-case. */
const FOREIGN_NAMES = new Map([
  ['asn', 'as'],
  ['my-asn', 'as'],
  ['local-as', 'as'],
  ['id', 'router-id'],
  ['bgp-id', 'router-id'],
  ['neighbor-address', 'address'],
  ['peer-address', 'address'],
  ['neighbor', 'address'],
  ['remote-as', 'peer-as'],
  ['peer-asn', 'peer-as'],
  ['remote-asn', 'peer-as'],
  ['group', 'peer-group'],
  ['peer-group-name', 'peer-group'],
  ['template', 'peer-group'],
  ['peers', 'neighbors'],
  ['groups', 'peer-groups'],
  ['dynamic-neighbor-prefix', 'prefix'],
  ['network', 'prefix'],
  ['max-peers', 'limit'],
  ['passive-mode', 'passive'],
  ['source-address', 'local-address'],
  ['update-source', 'local-address'],
  ['remote-port', 'port'],
  ['peer-port', 'port'],
  ['timers', 'hold-time'],
  ['min-hold-time', 'minimum-hold-time'],
  ['connect-time', 'connect-retry'],
  ['connect-retry-time', 'connect-retry'],
  ['ebgp-multihop', 'multihop'],
  ['auth-password', 'password'],
  ['md5-password', 'password'],
  ['md5', 'password'],
  ['afi-safis', 'families'],
  ['address-families', 'families'],
  ['next-hop-self', 'next-hop'],
  ['import-policy', 'import'],
  ['export-policy', 'export'],
  ['bestpath', 'best-path'],
  ['community', 'communities'],
  ['large-community', 'large-communities'],
  ['local-preference', 'local-pref'],
  ['metric', 'med'],
]);

/** What other daemons have and bellhop has not, and what to write instead. */
const ABSENT = new Map([['bfd', 'bellhop has no BFD; a small `hold-time` (from 3s) finds a dead peer']]);

/** What to say of a key for something that bellhop does not do; undefined when it is not known to be one. */
export function absent(word: string): string | undefined {
  return ABSENT.get(word.toLowerCase().replace(/[-_]?profile$/, ''));
}

/**
 * The word of `known` that was meant by `word`, or undefined when none is near.
 *
 * @param slips of the finger that are forgiven; default: a third of the word
 */
export function suggest(word: string, known: readonly string[], slips?: number): string | undefined {
  const kebab = word
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .replace(/[_\s]+/g, '-')
    .toLowerCase();
  if (known.includes(kebab)) return kebab;
  const translated = FOREIGN_NAMES.get(kebab);
  if (translated !== undefined && known.includes(translated)) return translated;
  let best: string | undefined;
  let bestDistance = (slips ?? Math.max(1, Math.floor(kebab.length / 3))) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - kebab.length) >= bestDistance) continue;
    const distance = editDistance(kebab, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other
 * (optimal string alignment). Cost: product of the lengths; callers compare words of similar length only.
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}
