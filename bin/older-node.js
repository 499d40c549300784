/**
 * The `bellhop` command under a Node that is too old (`npm start` with the system's node): looks for the Node that the
 * checkout has among its development dependencies and becomes a thin wrapper around it: signals go in, the exit status
 * comes out. So this file keeps to what old releases of Node understand.
 *
 * Ctrl-C reaches both processes of a terminal, and the wrapper cannot tell such a SIGINT from one sent to it alone.
 * It passes every signal on; the daemon takes two within a moment for one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

function path(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** Path of a Node that is new enough, installed beside this package; undefined when there is none. */
function findNode(major, majorOf) {
  return [path('../node_modules/node/bin/node'), path('../node_modules/.bin/node')].find((candidate) => {
    if (!existsSync(candidate)) return false;
    const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    return majorOf(stdout || '') >= major;
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

/** Runs the command under a Node of at least the release `major`, or says that there is none. */
export function runUnderNewer(major, majorOf) {
  const node = findNode(major, majorOf);
  if (node === undefined) {
    console.error(`error: bellhop needs Node ${major} or newer; this is ${process.version}`);
    process.exitCode = 1;
  } else {
    runUnder(node);
  }
}
