/** `bellhop config export`: the configuration in force with routes and neighbors as they were changed at run time. */
import type { ConfigText } from '../config/drop-ins.ts';
import { exportConfig } from '../config/export.ts';
import { PERSISTENT_OWNER } from './persistence.ts';
import type { Speaker } from './speaker.ts';

/** The configuration in force as one file. */
export interface ExportedConfig {
  /** YAML. */
  readonly text: string;
  /** Files that it comes from: the configuration file, and its drop-ins. */
  readonly files: readonly string[];
  /** What it has of run time: routes, and disabled neighbors. */
  readonly routes: number;
  readonly disabled: number;
  /** Passwords and the like that were replaced by `hidden`. */
  readonly hiddenSecrets: number;
  /** What it does not have, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * @param texts that the configuration in force was read from
 * @param remote whether a client on TCP asks, who sees no comments
 */
export function exportedConfig(
  speaker: Speaker,
  texts: readonly ConfigText[],
  { secrets, remote }: { readonly secrets: boolean; readonly remote: boolean },
): ExportedConfig {
  const known = new Set(speaker.config.networks.map(({ prefix }) => prefix));
  const runtime = speaker.ownRoutes.entries().filter(({ owner }) => PERSISTENT_OWNER.test(owner));
  const ending = runtime.filter(({ expiresAt }) => expiresAt !== undefined).length;
  const routes = runtime.flatMap(({ route, expiresAt }) => {
    if (expiresAt !== undefined || known.has(route.prefix)) return [];
    known.add(route.prefix);
    return [route];
  });
  const disabled = new Map(
    speaker.neighbors().flatMap(({ address, disabled: how }) => (how ? [[address, how.message]] : [])),
  );
  const { text, hidden, unlisted } = exportConfig(
    texts,
    { routes, disabled },
    { secrets, comments: !remote },
  );
  const notes = [
    ...(ending > 0 ? [`Routes that end by themselves are left out: ${ending}.`] : []),
    ...unlisted.map((address) => `${address} is disabled, but has no entry in \`neighbors\` to say so in.`),
    ...(remote ? ['Comments are left out; the control socket shows them.'] : []),
    ...(hidden > 0 ? [`Secrets are hidden: ${hidden}; --with-secrets shows them.`] : []),
  ];
  return {
    text,
    files: texts.map(({ file }) => file),
    routes: routes.length,
    disabled: disabled.size - unlisted.length,
    hiddenSecrets: hidden,
    notes,
  };
}
