/** `bellhop doctor`: the chain from the checks of a VIP to its peers, the first broken link marked. */
import type { Command } from 'commander';
import { fetchAnswer, requests } from '../../api/client.ts';
import { defaultSocketPath } from '../../api/socket-path.ts';
import { type CommandContext, EXIT, type QueryOptions } from '../context.ts';
import { formatDoctor } from '../format/doctor.ts';
import { addQueryOptions } from '../options.ts';
import { paintFor } from '../terminal.ts';

/** Adds the command to `program`. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  addQueryOptions(
    program
      .command('doctor')
      .description('why a VIP is announced or not, link by link (exit code 5 when one is broken)')
      .argument('[vip]', 'its name (default: all)'),
  ).action(async (vip: string | undefined, options: QueryOptions) => {
    const { stdout, environment } = context.terminal;
    const diagnoses = await fetchAnswer(
      options.socket ?? defaultSocketPath(environment),
      requests.doctor(vip),
    );
    stdout.write(
      options.json === true
        ? `${JSON.stringify(diagnoses)}\n`
        : formatDoctor(diagnoses, paintFor(stdout, environment), vip !== undefined),
    );
    if (diagnoses.some(({ healthy }) => !healthy)) context.exitCode = EXIT.unmet;
  });
}
