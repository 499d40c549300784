/** What the commands of a process do to the routes of a speaker, and what they are answered. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProcessConfig } from '../../../src/config/process-types.ts';
import { Interpreter } from '../../../src/frontends/exabgp/interpreter.ts';
import { TOO_LONG } from '../../../src/frontends/exabgp/line-buffer.ts';
import { Speaker } from '../../../src/speaker/speaker.ts';
import { configOf } from '../../speaker/fixtures.ts';

const CONFIG = `
as: 65000
router-id: 10.0.0.1
listen: []
neighbors:
  - { address: 10.0.0.2, peer-as: 65001, passive: true }
  - { address: 10.0.0.3, peer-as: 65002, passive: true }
  - { address: 10.0.0.4, peer-as: 65001, passive: true }
`;

let speaker: Speaker;
beforeEach(async () => {
  speaker = new Speaker(configOf(CONFIG));
  await speaker.start();
});
afterEach(() => speaker.stop('the test is over'));

interface Told {
  readonly interpreter: Interpreter;
  readonly refused: string[];
  readonly noted: string[];
  obey(...lines: readonly string[]): string;
  /** Prefix, MED and neighbors of what is announced. */
  routes(): string[];
}

function interpreterOf(more: Partial<ProcessConfig> = {}): Told {
  const refused: string[] = [];
  const noted: string[] = [];
  const config: ProcessConfig = {
    name: 'test',
    run: ['true'],
    encoder: 'text',
    version: 4,
    respawn: true,
    keepRoutesSeconds: 0,
    acks: true,
    receive: [],
    neighbors: undefined,
    ...more,
  };
  const interpreter = new Interpreter(
    {
      speaker,
      refused: (_command, reason) => void refused.push(reason),
      noted: (reason) => void noted.push(reason),
    },
    config,
  );
  return {
    interpreter,
    refused,
    noted,
    obey(...lines) {
      interpreter.beginBatch();
      return lines.map((line) => interpreter.obey(line)).join('');
    },
    routes: () =>
      speaker.ownRoutes
        .entries(`process:${config.name}`)
        .map(({ route: { prefix, med, peers } }) =>
          [
            prefix,
            ...(med === undefined ? [] : [`med ${med}`]),
            ...(peers === undefined ? [] : [`to ${peers.join(' ')}`]),
          ].join(' '),
        ),
  };
}

describe('Interpreter: routes', () => {
  test('announced, replaced, withdrawn; each command is done', () => {
    const { obey, routes } = interpreterOf();
    expect(
      obey('announce route 192.0.2.0/24 next-hop self med 1', 'announce route 198.51.100.0/24 next-hop self'),
    ).toBe('done\ndone\n');
    expect(routes()).toEqual(['192.0.2.0/24 med 1', '198.51.100.0/24']);
    obey('announce route 192.0.2.0/24 next-hop self med 2', 'withdraw route 198.51.100.0/24');
    expect(routes()).toEqual(['192.0.2.0/24 med 2']);
    expect(obey('withdraw route 203.0.113.0/24')).toBe('done\n');
  });

  test('for some neighbors: joined with those who have the same, taken from those who are named', () => {
    const { obey, routes } = interpreterOf();
    obey('neighbor 10.0.0.2 announce route 192.0.2.0/24 next-hop self med 1');
    expect(routes()).toEqual(['192.0.2.0/24 med 1 to 10.0.0.2']);
    obey('neighbor 10.0.0.2 announce route 192.0.2.0/24 next-hop self med 2');
    expect(routes()).toEqual(['192.0.2.0/24 med 2 to 10.0.0.2']);
    obey('neighbor 10.0.0.3 announce route 192.0.2.0/24 next-hop self med 2');
    expect(routes()).toEqual(['192.0.2.0/24 med 2 to 10.0.0.2 10.0.0.3']);
    obey('neighbor 10.0.0.2 withdraw route 192.0.2.0/24');
    expect(routes()).toEqual(['192.0.2.0/24 med 2 to 10.0.0.3']);
    obey('neighbor 10.0.0.3, neighbor 10.0.0.2 withdraw route 192.0.2.0/24');
    expect(routes()).toEqual([]);
  });

  test('taken from one neighbor of all', () => {
    const { obey, routes } = interpreterOf();
    obey('announce route 192.0.2.0/24 next-hop self', 'neighbor 10.0.0.3 withdraw route 192.0.2.0/24');
    expect(routes()).toEqual(['192.0.2.0/24 to 10.0.0.2 10.0.0.4']);
  });

  test('other attributes for another neighbor are an error, and change nothing', () => {
    const { obey, routes, refused } = interpreterOf();
    obey('neighbor 10.0.0.2 announce route 192.0.2.0/24 next-hop self med 1');
    expect(obey('neighbor 10.0.0.3 announce route 192.0.2.0/24 next-hop self med 2')).toBe('error\n');
    expect(refused[0]).toContain('announced to 10.0.0.2 with other attributes');
    expect(routes()).toEqual(['192.0.2.0/24 med 1 to 10.0.0.2']);
  });

  test('selectors look at what a neighbor is', () => {
    const { obey, routes } = interpreterOf();
    obey('neighbor * peer-as 65001 announce route 192.0.2.0/24 next-hop self');
    expect(routes()).toEqual(['192.0.2.0/24 to 10.0.0.2 10.0.0.4']);
    expect(obey('neighbor 10.0.0.2 peer-as 65002 announce route 192.0.2.0/24 next-hop self')).toBe('error\n');
    expect(obey('neighbor 10.0.0.9 announce route 192.0.2.0/24 next-hop self')).toBe('error\n');
    expect(
      obey(
        'neighbor 10.0.0.2 local-as 65000 router-id 10.0.0.1 family-allowed in-open withdraw route 192.0.2.0/24',
      ),
    ).toBe('done\n');
    expect(routes()).toEqual(['192.0.2.0/24 to 10.0.0.4']);
  });

  test('the neighbors of the configuration are all that a process has', () => {
    const { obey, routes } = interpreterOf({ neighbors: ['10.0.0.3'] });
    obey('announce route 192.0.2.0/24 next-hop self');
    expect(routes()).toEqual(['192.0.2.0/24 to 10.0.0.3']);
    expect(obey('neighbor 10.0.0.2 announce route 198.51.100.0/24 next-hop self')).toBe('error\n');
  });

  test('a group is one change at its end', () => {
    const { obey, routes } = interpreterOf();
    expect(
      obey(
        'group start',
        'announce route 192.0.2.0/24 next-hop self',
        'announce route 198.51.100.0/24 next-hop self',
      ),
    ).toBe('done\ndone\ndone\n');
    expect(routes()).toEqual([]);
    expect(obey('withdraw route 192.0.2.0/24', 'group end')).toBe('done\ndone\n');
    expect(routes()).toEqual(['198.51.100.0/24']);
    expect(obey('group end')).toBe('error\n');
  });

  test('a watchdog announces and withdraws what belongs to it', () => {
    const { obey, routes } = interpreterOf();
    obey(
      'announce route 192.0.2.0/24 next-hop self watchdog dog withdraw',
      'announce route 198.51.100.0/24 next-hop self watchdog dog',
      'announce route 203.0.113.0/24 next-hop self',
    );
    expect(routes()).toEqual(['198.51.100.0/24', '203.0.113.0/24']);
    obey('announce watchdog dog');
    expect(routes()).toEqual(['198.51.100.0/24', '203.0.113.0/24', '192.0.2.0/24']);
    obey('withdraw watchdog dog');
    expect(routes()).toEqual(['203.0.113.0/24']);
  });

  test('clear adj-rib out withdraws what this process announced, and nothing else', () => {
    const { obey, routes } = interpreterOf();
    speaker.ownRoutes.announce('cli', { prefix: '203.0.113.0/24' });
    obey('announce route 192.0.2.0/24 next-hop self', 'neighbor 10.0.0.2 clear adj-rib out');
    expect(routes()).toEqual(['192.0.2.0/24 to 10.0.0.3 10.0.0.4']);
    obey('clear adj-rib out');
    expect(routes()).toEqual([]);
    expect(speaker.ownRoutes.countOf('cli')).toBe(1);
  });

  test('what the table of own routes refuses is an error', () => {
    const { obey, refused } = interpreterOf();
    expect(obey('announce route 2001:db8::/32 next-hop 10.0.0.1')).toBe('error\n');
    expect(refused).toEqual(['2001:db8::/32 needs an IPv6 next hop, not 10.0.0.1']);
  });
});

describe('Interpreter: answers', () => {
  test('acknowledgements on, off at once, off behind the next, and on again', () => {
    const { obey } = interpreterOf();
    expect(obey('disable-ack')).toBe('done\n');
    expect(obey('version', 'nonsense')).toMatch(/^bellhop \S+, text API of exabgp 4\n$/);
    expect(obey('enable-ack')).toBe('done\n');
    expect(obey('silence-ack', 'withdraw route 192.0.2.0/24')).toBe('');
    expect(obey('enable-ack', 'nonsense')).toBe('done\nerror\n');
    expect(interpreterOf({ acks: false }).obey('withdraw route 192.0.2.0/24')).toBe('');
  });

  test('version 5 with JSON: acknowledgements are JSON, and say why', () => {
    const { obey } = interpreterOf({ version: 5, encoder: 'json' });
    const [done, error] = obey('withdraw route 192.0.2.0/24', 'announce flow route x')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(done).toEqual({ answer: 'done', message: 'command completed' });
    expect(error).toEqual({ answer: 'error', message: expect.stringContaining('FlowSpec') });
  });

  test('comments and blank lines have no answer, a line that is too long has', () => {
    const { interpreter, obey } = interpreterOf();
    expect(obey('# hello', '', '   ')).toBe('');
    expect(interpreter.obey(TOO_LONG)).toBe('error\n');
    expect(interpreter.lastError?.reason).toBe('the line is too long');
    expect([interpreter.commands, interpreter.errors]).toEqual([1, 1]);
  });

  test('path-information is noted once', () => {
    const { obey, noted } = interpreterOf();
    obey(
      'announce route 192.0.2.0/24 next-hop self path-information 1',
      'announce route 198.51.100.0/24 next-hop self path-information 2',
    );
    expect(noted).toHaveLength(1);
  });

  test('show neighbor', () => {
    const { obey } = interpreterOf();
    const summary = obey('show neighbor summary').split('\n');
    expect(summary[0]).toMatch(/^Peer +AS +up\/down state/);
    expect(summary[1]).toMatch(/^10\.0\.0\.2 +65001 +down (active|idle) +0 +0$/);
    expect(summary.slice(-2)).toEqual(['done', '']);
    expect(JSON.parse(obey('show neighbor 10.0.0.3 json').split('\n')[0]!)).toMatchObject([
      { address: '10.0.0.3' },
    ]);
    expect(obey('show neighbor 10.0.0.3 extensive')).toContain('Neighbor 10.0.0.3');
    expect(obey('show neighbor')).toBe('error\n');
    expect(obey('show neighbor 10.9.9.9 summary')).toBe('error\n');
  });

  test('what needs a session is an error without one', () => {
    const { obey } = interpreterOf();
    expect(
      obey('flush adj-rib out', 'announce route-refresh ipv4 unicast', 'neighbor 10.0.0.2 teardown 4'),
    ).toBe('error\nerror\nerror\n');
    expect(obey('shutdown', 'reload', 'restart')).toBe('error\nerror\nerror\n');
  });
});
