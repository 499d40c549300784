/** Names of policies to policies: apart from the checks of the file, which a running daemon does not need. */
import { BUILTIN_POLICIES } from '../policy/builtin.ts';
import type { Policy } from '../policy/types.ts';

/** The policies of a chain of names; built-in ones included. Names that are not known have been reported. */
export function chainOf(names: readonly string[], policies: readonly Policy[]): readonly Policy[] {
  return names
    .map((name) => BUILTIN_POLICIES.get(name) ?? policies.find((policy) => policy.name === name))
    .filter((policy) => policy !== undefined);
}
