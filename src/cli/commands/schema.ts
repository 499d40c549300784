/**
 * `bellhop schema`: JSON Schemas of what `--json` prints, of the configuration, and the OpenAPI document. They are files
 * of the package, made by tests, so no daemon is needed.
 */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { BellhopError } from '../../base/errors.ts';
import type { CommandContext } from '../context.ts';
import { answerSchema, type OpenApiDocument } from '../json-schemas.ts';

/** Where each command has its answer from. */
const ANSWERS: Readonly<Record<string, readonly [method: 'get' | 'post' | 'delete', path: string]>> = {
  'show summary': ['get', '/v1/summary'],
  'show neighbors': ['get', '/v1/neighbors'],
  'show neighbor': ['get', '/v1/neighbors/{address}'],
  'show routes': ['get', '/v1/routes'],
  'show errors': ['get', '/v1/errors'],
  'show vips': ['get', '/v1/vips'],
  'show metallb': ['get', '/v1/metallb'],
  'show processes': ['get', '/v1/processes'],
  'show announcements': ['get', '/v1/announcements'],
  explain: ['get', '/v1/explain'],
  'policy show': ['get', '/v1/policies'],
  doctor: ['get', '/v1/doctor'],
  plan: ['post', '/v1/plan'],
  apply: ['post', '/v1/apply'],
  reload: ['post', '/v1/reload'],
  rollback: ['post', '/v1/rollback'],
  save: ['post', '/v1/save'],
  'config export': ['get', '/v1/config'],
  announce: ['post', '/v1/announcements/{owner}'],
  withdraw: ['delete', '/v1/announcements/{owner}'],
};

/** Adds the command to `program`. */
export function addSchemaCommand(program: Command, context: CommandContext): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of what a command prints with --json, of the configuration, or OpenAPI',
    )
    .argument(
      '[command...]',
      '`config`, `api`, or a command such as `show routes`; without one: what there is',
    )
    .action((words: string[]) => {
      context.terminal.stdout.write(words.length === 0 ? listText() : schemaText(words.join(' ')));
    });
}

function listText(): string {
  const { info } = openApi();
  return `Schemas of API version ${info.version}:\n${['config', 'api', ...Object.keys(ANSWERS)].map((name) => `  ${name}\n`).join('')}`;
}

function schemaText(name: string): string {
  if (name === 'config') return packaged('bellhop.schema.json');
  if (name === 'api') return packaged('bellhop.openapi.json');
  const answer = ANSWERS[name];
  if (answer === undefined)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `there is no schema of \`${name}\`; \`bellhop schema\` lists them`,
    );
  return `${JSON.stringify(answerSchema(openApi(), name, ...answer), undefined, 2)}\n`;
}

function openApi(): OpenApiDocument {
  return JSON.parse(packaged('bellhop.openapi.json')) as OpenApiDocument;
}

/** A file of `config/`, which lies beside `src` and `dist`. */
function packaged(name: string): string {
  return readFileSync(new URL(`../../../config/${name}`, import.meta.url), 'utf8');
}
