/** Events become log lines: levels, fields, and a limit for what a peer can provoke. */
import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { SpeakerEvent } from '../../src/speaker/events.ts';
import { attachLog, createLog, type LogOptions } from '../../src/speaker/log.ts';
import { FakeSpeaker } from '../api/fake-speaker.ts';

/** A clock whose timers fire when the test says so. */
function manualClock(): { clock: Clock; fireAll: () => void; running: () => number } {
  const timers = new Set<() => void>();
  return {
    clock: {
      now: () => 0,
      soon: (run: () => void) => void setImmediate(run),
      random: () => 0,
      timer: (fire) => ({
        start: () => void timers.add(fire),
        stop: () => void timers.delete(fire),
        get running() {
          return timers.has(fire);
        },
      }),
    },
    fireAll: () => {
      const due = [...timers];
      timers.clear();
      for (const fire of due) fire();
    },
    running: () => timers.size,
  };
}

async function setUp(options: Partial<LogOptions> = {}) {
  const written: string[] = [];
  const log = await createLog({
    format: 'json',
    level: 'info',
    sink: { write: (line) => written.push(line) },
    ...options,
  });
  const speaker = new FakeSpeaker();
  const { clock, fireAll, running } = manualClock();
  const detach = attachLog(speaker, log, clock);
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { speaker, written, lines, fireAll, running, detach };
}

const UP: SpeakerEvent = {
  type: 'stateChange',
  peer: '192.0.2.2',
  peerAs: 65002,
  oldState: 'OpenConfirm',
  newState: 'Established',
};

const DOWN: SpeakerEvent = {
  type: 'stateChange',
  peer: '192.0.2.2',
  oldState: 'Established',
  newState: 'Idle',
  direction: 'received',
  reason: 'Cease/administrative-shutdown',
  code: 6,
  subcode: 2,
};

const REJECTED: SpeakerEvent = {
  type: 'connectionRejected',
  peer: '192.0.2.2',
  known: true,
  reason: 'not a BGP message',
};

test('attachLog: a session that comes up is info, one that is lost is a warning with the NOTIFICATION', async () => {
  const { speaker, lines } = await setUp();
  speaker.publish(UP);
  speaker.publish(DOWN);
  expect(lines()).toMatchObject([
    { level: 'info', component: 'fsm', peer: '192.0.2.2', oldState: 'OpenConfirm', newState: 'Established' },
    { level: 'warn', component: 'fsm', reason: 'Cease/administrative-shutdown', code: 6, subcode: 2 },
  ]);
  expect(lines()[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(lines()[0]).not.toHaveProperty('pid');
});

test('attachLog: a NOTIFICATION before Established is a warning, with the same limit', async () => {
  const { speaker, lines } = await setUp();
  for (let i = 0; i < 20; i++)
    speaker.publish({
      type: 'stateChange',
      peer: '192.0.2.2',
      oldState: 'OpenSent',
      newState: 'Idle',
      direction: 'sent',
      reason: 'peer is AS 65001, expected AS 65002',
      code: 2,
      subcode: 2,
    });
  expect(lines()).toHaveLength(10);
  expect(lines()[0]).toMatchObject({ level: 'warn', component: 'fsm', code: 2, subcode: 2 });
});

test('attachLog: other transitions are for debugging', async () => {
  const quiet = await setUp();
  const chatty = await setUp({ level: 'debug' });
  const event: SpeakerEvent = {
    type: 'stateChange',
    peer: '192.0.2.2',
    oldState: 'Idle',
    newState: 'Connect',
  };
  quiet.speaker.publish(event);
  chatty.speaker.publish(event);
  expect(quiet.written).toEqual([]);
  expect(chatty.lines()).toMatchObject([{ level: 'debug', oldState: 'Idle', newState: 'Connect' }]);
});

test('attachLog: ten lines a minute that a peer provokes, then their number', async () => {
  const { speaker, lines, fireAll } = await setUp();
  for (let i = 0; i < 25; i++) speaker.publish(REJECTED);
  expect(lines()).toHaveLength(10);
  fireAll();
  expect(lines()).toHaveLength(11);
  expect(lines()[10]).toMatchObject({
    level: 'warn',
    component: 'listener',
    peer: '192.0.2.2',
    suppressed: 15,
  });
  speaker.publish(REJECTED);
  expect(lines()).toHaveLength(12);
});

test('attachLog: peers have their own allowance, strangers share one', async () => {
  const { speaker, lines, running } = await setUp();
  for (let i = 0; i < 20; i++) speaker.publish({ ...REJECTED, peer: '192.0.2.3' });
  for (let i = 0; i < 20; i++) speaker.publish({ ...REJECTED, known: false, peer: `198.51.100.${i}` });
  expect(lines()).toHaveLength(20);
  expect(running()).toBe(2);
});

test('attachLog: detaching stops listening and leaves no timer', async () => {
  const { speaker, written, running, detach } = await setUp();
  speaker.publish(REJECTED);
  detach();
  speaker.publish(REJECTED);
  expect(written).toHaveLength(1);
  expect(running()).toBe(0);
  expect(speaker.listenerCount).toBe(0);
});

test('createLog: text is one line for people', async () => {
  const { speaker, written } = await setUp({ format: 'text' });
  speaker.publish(UP);
  expect(written).toHaveLength(1);
  expect(written[0]).toContain('fsm: session with 192.0.2.2 established');
  expect(written[0]?.trimEnd().split('\n')).toHaveLength(1);
});
