/** Program checks: exit code 0 is healthy, the first line of output is the detail. */
import { failed, healthy, type Probe, type ProbeFactory, unrunnable } from './check.ts';
import { runProgram } from './run-program.ts';

/** Why a program cannot be started, however often we try. */
const HOPELESS = new Map([
  ['ENOENT', 'there is no such program'],
  ['EACCES', 'permission denied'],
  ['ENOEXEC', 'not a program the system can run (no `#!` line?)'],
  ['ENOTDIR', 'there is no such program'],
]);

export const execProbe: ProbeFactory<'exec'> = ({ command }): Probe => {
  return async (signal) => {
    const end = await runProgram(command, signal);
    if (end.kind === 'failed') {
      const why = HOPELESS.get(end.error.code ?? '');
      return why === undefined
        ? failed(`cannot run ${command[0]}: ${end.error.message}`)
        : unrunnable(`cannot run ${command[0]}: ${why}`);
    }
    const line = end.output.trim().split('\n')[0] ?? '';
    const said = line === '' ? '' : `: ${line}`;
    switch (end.kind) {
      case 'aborted':
        return failed(`killed, it took too long${said}`);
      case 'killed':
        return failed(`ended by ${end.signal}${said}`);
      case 'exited':
        return end.code === 0 ? healthy(`exit code 0${said}`) : failed(`exit code ${end.code}${said}`);
    }
  };
};
