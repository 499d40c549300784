/**
 * Holding: the objects of all files, with the last good state of what is broken now. A file that is no YAML keeps all
 * its objects; an object that is wrong keeps what it said before in the same file. What is deleted is gone. Pure.
 */
import type { ConfigDiagnostic } from '../../config/diagnostic.ts';
import { identityOf, type Manifest } from './manifest.ts';
import { type ReadFile, type ReadObject, readManifests, unreadable } from './read.ts';

/** An object as it counts; with a manifest and errors, the manifest is what it said before. */
export interface HeldObject extends ReadObject {
  /** Another object has the same name: only the first one counts. */
  readonly twin?: string;
}

export interface Holding {
  /** By path, in order. */
  readonly files: ReadonlyMap<string, HeldFile>;
}

interface HeldFile {
  /** undefined: it cannot be read, for this reason. */
  readonly text: string | undefined;
  readonly errors: readonly ConfigDiagnostic[];
  readonly objects: readonly ReadObject[];
}

export const EMPTY_HOLDING: Holding = { files: new Map() };

/** What holds when the files have these texts; an Error stands for a file that cannot be read. */
export function hold(before: Holding, texts: ReadonlyMap<string, string | Error>): Holding {
  const files = new Map<string, HeldFile>();
  for (const file of [...texts.keys()].sort()) {
    const text = texts.get(file)!;
    const earlier = before.files.get(file);
    if (typeof text === 'string' && earlier?.text === text) {
      files.set(file, earlier);
      continue;
    }
    const read = typeof text === 'string' ? readManifests(file, text) : unreadable(file, text.message);
    files.set(file, { ...merge(read, earlier), text: typeof text === 'string' ? text : undefined });
  }
  return { files };
}

function merge(
  { errors, objects }: ReadFile,
  earlier: HeldFile | undefined,
): Pick<HeldFile, 'errors' | 'objects'> {
  if (errors.length > 0) return { errors, objects: earlier?.objects ?? [] };
  const good = new Map<string, Manifest>();
  for (const { manifest } of earlier?.objects ?? [])
    if (manifest !== undefined) good.set(identityOf(manifest), manifest);
  return {
    errors,
    objects: objects.map((object) => {
      const manifest = object.errors.length > 0 ? good.get(identityOf(object)) : undefined;
      return manifest === undefined ? object : { ...object, manifest };
    }),
  };
}

/** All objects in the order of files and lines, doubles marked. */
export function heldObjects({ files }: Holding): HeldObject[] {
  const first = new Map<string, ReadObject>();
  return [...files.values()].flatMap(({ objects }) =>
    objects.map((object): HeldObject => {
      const identity = identityOf(object);
      const earlier = first.get(identity);
      if (earlier === undefined) {
        first.set(identity, object);
        return object;
      }
      return { ...object, twin: `${earlier.place.file}:${earlier.place.line}` };
    }),
  );
}

/** What is wrong with files as a whole. */
export function fileErrors({ files }: Holding): ConfigDiagnostic[] {
  return [...files.values()].flatMap(({ errors }) => errors);
}
