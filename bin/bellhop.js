#!/usr/bin/env node
/**
 * Starts the `bellhop` command: from `dist` in an installed package, from `src` in a checkout. Needs Node 24; under an
 * older one `older-node.js` looks for another, so this file keeps to what old releases understand.
 *
 * The daemon needs options that only the start of a process can give, so that it is started twice. The first time
 * nothing is loaded, not even what Node brings along: it costs 25 ms.
 */
const REQUIRED_MAJOR = 24;

/**
 * V8 options of the daemon, which can only be given at its start. What it makes for a moment is little, and its tables
 * are not on this heap: 1 MiB for young objects instead of 16 saves some 20 MB. Most other options would make V8 refuse
 * the compiled code that Node has of its own modules.
 */
const DAEMON_OPTIONS = ['--max-semi-space-size=1'];

/**
 * What the C library reads at the start of the daemon: one heap for all threads, and freed memory goes back to the
 * system. It saves some 15 MB of what compiler threads leave behind. Removed again for the programs the daemon runs.
 */
const DAEMON_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
};
const ENVIRONMENT_MARK = 'BELLHOP_MALLOC';

function majorOf(version) {
  const match = /^v?(\d+)\./.exec(version);
  return match === null ? 0 : Number(match[1]);
}

/** Runs the command in this process. Modules of Node are not imported, which would take longer. */
async function runHere() {
  for (const name of (process.env[ENVIRONMENT_MARK] || '').split(' ')) delete process.env[name];
  delete process.env[ENVIRONMENT_MARK];
  process.getBuiltinModule('node:module').enableCompileCache();
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const fromSource = process.getBuiltinModule('node:fs').existsSync(source);
  if (process.argv[2] === 'run') {
    const { prepareDaemon } = await import(fromSource ? '../src/main.ts' : '../dist/main.js');
    prepareDaemon();
  }
  const { main } = await import(fromSource ? '../src/cli/main.ts' : '../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}

/** Options that Node needs for this command and was not started with. */
function missingOptions() {
  if (process.argv[2] !== 'run') return [];
  return DAEMON_OPTIONS.filter((option) => !process.execArgv.includes(option));
}

/** The same command in the same process, with Node started anew; comes back where the system cannot do that. */
function startAnew(options) {
  const { execPath, execArgv, argv } = process;
  try {
    const environment = { ...DAEMON_ENVIRONMENT, ...process.env };
    const ours = Object.keys(DAEMON_ENVIRONMENT).filter((name) => process.env[name] === undefined);
    const marked = { ...environment, [ENVIRONMENT_MARK]: ours.join(' ') };
    process.execve(execPath, [execPath, ...options, ...execArgv, ...argv.slice(1)], marked);
  } catch {
    // Windows has no such call; and without the options everything works as well.
  }
}

if (majorOf(process.version) >= REQUIRED_MAJOR) {
  const options = missingOptions();
  if (options.length > 0 && process.execve !== undefined) startAnew(options);
  runHere();
} else import('./older-node.js').then(({ runUnderNewer }) => runUnderNewer(REQUIRED_MAJOR, majorOf));
