/** From zod issues to diagnostics about manifests: what is wrong, and what would be right. */
import type { z } from 'zod';
import type { Report } from '../../config/diagnostic.ts';
import { type KeyPath, pathText } from '../../config/key-path.ts';

type Issue = z.core.$ZodIssue;

/** Reports an issue with the object at `path`. */
export function describeIssue(issue: Issue, path: KeyPath, report: Report): void {
  const inner = issue.path.filter((step) => typeof step !== 'symbol');
  const at = [...path, ...inner];
  const name = `\`${pathText(inner)}\``;
  if (issue.code === 'invalid_union') {
    // Of the ways to write it the last one is the proper one.
    const last = issue.errors.at(-1)?.[0];
    if (last !== undefined) {
      describeIssue({ ...last, path: [...issue.path, ...last.path] } as Issue, path, report);
      return;
    }
  }
  if ('input' in issue && issue.input === undefined && issue.code !== 'custom') {
    report.error(at, `missing ${name}`, undefined, 'key');
    return;
  }
  const { message, hint } = textOf(issue);
  report.error(at, inner.length === 0 ? message : `${name}: ${message}`, hint);
}

function textOf(issue: Issue): { message: string; hint?: string | undefined } {
  switch (issue.code) {
    case 'custom':
      return { message: issue.message, hint: issue.params?.['hint'] as string | undefined };
    case 'invalid_type':
      return { message: `it should be ${WANTED[issue.expected] ?? issue.expected}` };
    case 'invalid_value':
      return {
        message: `\`${String(issue.input)}\` is not possible`,
        hint: `write ${issue.values.map(String).join(' or ')}`,
      };
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? { message: `\`${String(issue.input)}\` is too small`, hint: `write at least ${issue.minimum}` }
        : { message: 'it is empty' };
    case 'too_big':
      return { message: `\`${String(issue.input)}\` is too big`, hint: `write at most ${issue.maximum}` };
    default:
      return { message: issue.message };
  }
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'text (put a number in quotes)',
  int: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a set of fields',
  record: 'a set of names and values',
};
