/**
 * All commands of `bellhop` in the order of its help, by the files that have them. A command line loads only the file of
 * its command: most of them need little, and `run` must neither wait for the others nor keep them in memory.
 */
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** Adds the commands of a file to the program. */
export type AddCommands = (program: Command, context: CommandContext) => void;

export interface CommandFile {
  /** Heading in the help. */
  readonly group: string;
  /** Commands that can do without the others; a test holds this to what the file adds. */
  readonly names: readonly string[];
  readonly load: () => Promise<AddCommands>;
}

const RUN = 'Run it:';
const SEE = 'See what it does:';
const CHANGE = 'Change what it does:';
const ALONE = 'Without a daemon:';

export const COMMANDS: readonly CommandFile[] = [
  { group: RUN, names: ['demo'], load: async () => (await import('./commands/demo.ts')).addDemoCommand },
  { group: RUN, names: ['run'], load: async () => (await import('./commands/run.ts')).addRunCommand },
  { group: RUN, names: ['check'], load: async () => (await import('./commands/check.ts')).addCheckCommand },
  {
    group: RUN,
    names: ['policy'],
    load: async () => (await import('./commands/policy.ts')).addPolicyCommand,
  },
  { group: SEE, names: ['show'], load: async () => (await import('./commands/show.ts')).addShowCommand },
  {
    group: SEE,
    names: ['explain'],
    load: async () => (await import('./commands/explain.ts')).addExplainCommand,
  },
  {
    group: SEE,
    names: ['monitor'],
    load: async () => (await import('./commands/monitor.ts')).addMonitorCommand,
  },
  { group: SEE, names: ['top'], load: async () => (await import('./commands/top.ts')).addTopCommand },
  { group: SEE, names: ['wait'], load: async () => (await import('./commands/wait.ts')).addWaitCommand },
  {
    group: SEE,
    names: ['doctor'],
    load: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  },
  {
    group: CHANGE,
    names: ['reload', 'plan', 'apply', 'confirm', 'config', 'save', 'rollback'],
    load: async () => (await import('./commands/config.ts')).addConfigCommands,
  },
  {
    group: CHANGE,
    names: ['announce', 'withdraw'],
    load: async () => (await import('./commands/announce.ts')).addAnnounceCommands,
  },
  {
    group: CHANGE,
    names: ['drain', 'undrain'],
    load: async () => (await import('./commands/drain.ts')).addDrainCommands,
  },
  {
    group: CHANGE,
    names: ['clear', 'disable', 'enable'],
    load: async () => (await import('./commands/control.ts')).addControlCommands,
  },
  {
    group: CHANGE,
    names: ['refresh'],
    load: async () => (await import('./commands/refresh.ts')).addRefreshCommand,
  },
  {
    group: ALONE,
    names: ['decode'],
    load: async () => (await import('./commands/decode.ts')).addDecodeCommand,
  },
  { group: ALONE, names: ['fuzz'], load: async () => (await import('./commands/fuzz.ts')).addFuzzCommand },
  { group: ALONE, names: ['bench'], load: async () => (await import('./commands/bench.ts')).addBenchCommand },
  {
    group: ALONE,
    names: ['schema'],
    load: async () => (await import('./commands/schema.ts')).addSchemaCommand,
  },
  // Completion is about all commands.
  {
    group: ALONE,
    names: [],
    load: async () => (await import('./commands/completion.ts')).addCompletionCommand,
  },
];
