#!/usr/bin/env node
/**
 * Starts the `bellhop` command: from `dist` in an installed package, from `src` in a checkout.
 *
 * bellhop needs Node 24. Run by an older one (`npm start` with the system's node), it looks for the Node that the
 * checkout has among its development dependencies and becomes a thin wrapper around it: signals go in, the exit
 * status comes out. So this file keeps to what old releases of Node understand.
 *
 * Ctrl-C reaches both processes of a terminal, and the wrapper cannot tell such a SIGINT from one sent to it alone.
 * It passes every signal on; the daemon takes two within a moment for one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;

/**
 * V8 options of the daemon, which can only be given at its start. What it makes for a moment is little, and its tables
 * are not on this heap: 1 MiB for young objects instead of 16 saves some 20 MB. One optimizing compiler instead of two
 * is as fast once the daemon is warm, and saves 10 MB that the other one leaves behind.
 */
const DAEMON_OPTIONS = ['--max-semi-space-size=1', '--no-maglev'];

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

function path(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}

function majorOf(version) {
  const match = /^v?(\d+)\./.exec(version);
  return match === null ? 0 : Number(match[1]);
}

/** Runs the command in this process. */
async function runHere() {
  for (const name of (process.env[ENVIRONMENT_MARK] || '').split(' ')) delete process.env[name];
  delete process.env[ENVIRONMENT_MARK];
  if (nodeModule.enableCompileCache !== undefined) nodeModule.enableCompileCache();
  const fromSource = existsSync(path('../src/cli/main.ts'));
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

/** Path of a Node that is new enough, installed beside this package; undefined when there is none. */
function findNode() {
  return [path('../node_modules/node/bin/node'), path('../node_modules/.bin/node')].find((candidate) => {
    if (!existsSync(candidate)) return false;
    const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    return majorOf(stdout || '') >= REQUIRED_MAJOR;
  });
}

/** Runs the command under another Node and ends as it ends. */
function runUnder(node) {
  const child = spawn(node, [path('bellhop.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`error: cannot run ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exit(code);
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

if (majorOf(process.version) >= REQUIRED_MAJOR) {
  const options = missingOptions();
  if (options.length > 0 && process.execve !== undefined) startAnew(options);
  runHere();
} else {
  const node = findNode();
  if (node === undefined) {
    console.error(`error: bellhop needs Node ${REQUIRED_MAJOR} or newer; this is ${process.version}`);
    process.exitCode = 1;
  } else {
    runUnder(node);
  }
}
