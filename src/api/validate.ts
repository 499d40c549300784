/** Bodies checked against their schema: what is wrong, where (RFC 6901 pointers), and what to write instead. */
import type { z } from 'zod';
import { BellhopError } from '../base/errors.ts';
import type { ProblemField } from './types.ts';

/** Fields that one answer names; the first ones are the ones to mend. */
const MAX_FIELDS = 20;

/** A body with wrong fields. */
export class InvalidBody extends BellhopError {
  readonly fields: readonly ProblemField[];

  constructor(fields: readonly ProblemField[]) {
    const [first] = fields;
    const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
    super('INVALID_ARGUMENT', `${first?.pointer || 'the body'}: ${first?.detail ?? 'is wrong'}${more}`);
    this.fields = fields;
  }
}

/** `body` as `schema` makes it. @throws InvalidBody that names the wrong fields. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  throw new InvalidBody(result.error.issues.flatMap(fieldsOf).slice(0, MAX_FIELDS));
}

function fieldsOf(issue: z.core.$ZodIssue): ProblemField[] {
  const pointer = pointerOf(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${escaped(key)}`,
      detail: 'there is no such field',
    }));
  if ('input' in issue && issue.input === undefined) return [{ pointer, detail: 'the field is missing' }];
  const hint = issue.code === 'custom' ? (issue.params?.['hint'] as string | undefined) : undefined;
  return [{ pointer, detail: hint === undefined ? issue.message : `${issue.message}; ${hint}` }];
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${escaped(String(step))}`).join('');
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
