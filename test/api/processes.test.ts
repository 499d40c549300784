/** `/v1/processes` over a real socket, and the command that asks it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { startApi } from '../../src/api/server.ts';
import { main } from '../../src/cli/main.ts';
import { Processes } from '../../src/frontends/exabgp/processes.ts';
import { Speaker } from '../../src/speaker/speaker.ts';
import { configOf, until } from '../speaker/fixtures.ts';

test('GET /v1/processes and `show processes`', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-processes-'));
  const socketPath = join(directory, 'bellhop.sock');
  const config = configOf(`
as: 65001
router-id: 10.0.0.1
listen: []
processes:
  - { name: web, run: [sh, -c, "echo 'announce route 192.0.2.0/24 next-hop self path-information 1'; echo nonsense; sleep 60"] }
  - { name: gone, run: [/does/not/exist] }
`);
  const speaker = new Speaker(config);
  await speaker.start();
  const processes = new Processes(speaker, config.processes);
  processes.start();
  const api = await startApi(speaker, { socketPath, processes });
  try {
    await until(
      () => processes.processes().every((one) => one.commands === 2 || one.lastEnd !== undefined),
      'both',
    );
    expect(await fetchAnswer(socketPath, requests.processes())).toMatchObject([
      {
        name: 'web',
        state: 'running',
        routes: 1,
        commands: 2,
        errors: 1,
        lastError: { command: 'nonsense' },
      },
      { name: 'gone', state: 'waiting', lastEnd: '/does/not/exist is not there' },
    ]);
    let out = '';
    const stdout = {
      write: (text: unknown) => {
        out += String(text);
      },
    };
    const code = await main(['show', 'processes', '--socket', socketPath], {
      stdout,
      stderr: stdout,
      environment: {},
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^Process +State +PID/);
    expect(out).toMatch(/^web +running +\d+ +\S+ +0 +1 +2 +1 /m);
    expect(out).toContain('! web: refused "nonsense": nonsense is not a command');
    expect(out).toContain('! web: path-information is not sent');
    expect(out).toContain('! gone: /does/not/exist is not there');
  } finally {
    await api.close();
    await processes.stop();
    await speaker.stop('the test is over');
    rmSync(directory, { recursive: true, force: true });
  }
});
