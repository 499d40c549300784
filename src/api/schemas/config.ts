/** Schemas of what a configuration changes and of its diagnostics; the types are in `speaker/config-manager.ts`. */
import { z } from 'zod';

export const diagnostic = z
  .strictObject({
    file: z.string(),
    line: z.int().min(0),
    column: z.int().min(0),
    path: z.string().meta({ examples: ['neighbors[0].hold-time'] }),
    message: z.string(),
    hint: z.string().optional().meta({ description: 'What to write instead.' }),
    snippet: z.string(),
  })
  .meta({ id: 'ConfigDiagnostic', description: 'What is wrong with a configuration, and where.' });

const prefixes = z.array(z.string());

const plannedPrefixes = z.strictObject({
  count: z.int().min(0),
  first: prefixes.meta({ description: 'The first of them, in no order.' }),
});

const peerPlan = z
  .strictObject({
    peer: z.string(),
    session: z
      .enum(['stays', 'ends', 'reset'])
      .meta({ description: 'Where it does not stay, the numbers are 0.' }),
    announced: plannedPrefixes,
    withdrawn: plannedPrefixes,
    changed: plannedPrefixes,
    repeated: z.int().min(0).meta({ description: 'Routes sent again with the same content.' }),
    received: z
      .strictObject({ accepted: z.int().min(0), rejected: z.int().min(0), changed: z.int().min(0) })
      .meta({
        description: 'Routes from the peer that become accepted, rejected, or get other attributes.',
      }),
  })
  .meta({ id: 'PeerPlan', description: 'What a configuration would do to a running session.' });

export const configOutcome = z
  .strictObject({
    applied: z.boolean().meta({ description: 'Whether it has been done; false for a plan.' }),
    warnings: z.array(diagnostic),
    changes: z.array(
      z.strictObject({
        class: z.enum(['hot', 'soft', 'refresh', 'session reset', 'restart']),
        subject: z.string().meta({ examples: ['neighbor 10.0.0.2'] }),
        key: z.string().optional(),
        from: z.string().optional(),
        to: z.string().optional(),
        effect: z.string(),
      }),
    ),
    routes: z.strictObject({ announced: prefixes, changed: prefixes, withdrawn: prefixes }),
    peers: z
      .array(peerPlan)
      .optional()
      .meta({ description: 'Of a plan: the sessions for whose routes something changes.' }),
    notes: z.array(z.string()).optional().meta({ description: 'What `peers` does not have.' }),
    confirmWithinSeconds: z
      .number()
      .optional()
      .meta({ description: 'Time until all of it is undone unless it is confirmed.' }),
  })
  .meta({ id: 'ConfigOutcome', description: 'What a configuration changes, or has changed.' });

export const confirmation = z
  .strictObject({ confirmed: z.string().meta({ description: 'File of the configuration that stays.' }) })
  .meta({ id: 'Confirmation' });

export const saveOutcome = z
  .strictObject({
    file: z.string().meta({ description: 'The drop-in.' }),
    saved: z.int().min(0).meta({ description: 'Routes put into it.' }),
    leftOut: z
      .int()
      .min(0)
      .meta({ description: 'Routes that end by themselves, or that the configuration announces already.' }),
    disabled: z.int().min(0).meta({
      description: 'Neighbors that are disabled, which a drop-in cannot say; `GET /v1/config` can.',
    }),
  })
  .meta({ id: 'SaveOutcome' });

export const exportedConfig = z
  .strictObject({
    text: z.string().meta({ description: 'YAML, as `bellhop check` accepts it.' }),
    files: z
      .array(z.string())
      .meta({ description: 'Where it comes from: the configuration file and its drop-ins.' }),
    routes: z.int().min(0).meta({ description: 'Routes in it that were announced at run time.' }),
    disabled: z.int().min(0).meta({ description: 'Neighbors in it that were disabled at run time.' }),
    hiddenSecrets: z
      .int()
      .min(0)
      .meta({ description: 'Passwords and the like that were replaced by `hidden`.' }),
    notes: z.array(z.string()).meta({ description: 'What it does not have.' }),
  })
  .meta({ id: 'ExportedConfig', description: 'The configuration in force as one file.' });
