/**
 * What holds for every sequence of events: the machine is total, and its actions are consistent with its states.
 * The model is a driver reduced to sets: which timers run, whether a connection is open.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialSession, step } from '../../src/fsm/step.ts';
import type { Action, Event, FsmConfig, Session, TimerName } from '../../src/fsm/types.ts';
import { config, EVENTS, peerOpen, SHUTDOWN, STATES, sessionIn } from './fixtures.ts';

const anyOpen = fc
  .record({
    version: fc.constantFrom(4, 4, 4, 3),
    as: fc.constantFrom(65002, 65002, 65001, 0),
    holdTimeSeconds: fc.constantFrom(0, 1, 3, 90, 65535),
    routerId: fc.constantFrom(0x0a000002, 0x0a000001, 0),
    capabilities: fc.constantFrom([], peerOpen().capabilities),
  })
  .map((open): Event => ({ type: 'BgpOpen', open }));

/** All events, and the way up more often than by chance. */
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom(...EVENTS),
  fc.constantFrom<Event>(
    { type: 'ManualStart' },
    { type: 'TcpConnectionRequestAcked' },
    { type: 'BgpOpen', open: peerOpen() },
    { type: 'KeepAliveMsg' },
  ),
  anyOpen,
);

const anyConfig: fc.Arbitrary<FsmConfig> = fc
  .record({
    passive: fc.boolean(),
    peerAs: fc.constantFrom<FsmConfig['peerAs']>(65002, 'external', 'internal'),
    holdTimeSeconds: fc.constantFrom(0, 3, 90),
    minimumHoldTimeSeconds: fc.constantFrom(0, 3, 20),
    idleHoldSeconds: fc.constantFrom(1, 5, 60),
  })
  .map(config);

/** The order in which a session comes up; falling back in it is "down". */
const RANK: Readonly<Record<Session['state'], number>> = {
  Idle: 0,
  Active: 1,
  Connect: 2,
  OpenSent: 3,
  OpenConfirm: 4,
  Established: 5,
};

/** The naive driver: it does what the actions say and remembers only that. */
class Driver {
  session = initialSession();
  readonly timers = new Set<TimerName>();
  connection: 'none' | 'connecting' | 'open' = 'none';

  feed(event: Event, settings: FsmConfig): { before: Session; actions: readonly Action[] } {
    const before = this.session;
    for (const timer of FIRED_BY[event.type] ?? []) this.timers.delete(timer);
    if (event.type === 'TcpConnectionRequestAcked' || event.type === 'TcpConnectionConfirmed')
      if (this.connection !== 'open') this.connection = 'open';
    const { session, actions } = step(before, event, settings);
    this.session = session;
    for (const action of actions) this.#run(action);
    return { before, actions };
  }

  #run(action: Action): void {
    if (action.type === 'startTimer') this.timers.add(action.timer);
    else if (action.type === 'stopTimer') this.timers.delete(action.timer);
    else if (action.type === 'close') this.connection = 'none';
    else if (action.type === 'connect') {
      expect(this.connection, 'one connection at a time').toBe('none');
      this.connection = 'connecting';
    } else if (
      action.type === 'sendOpen' ||
      action.type === 'sendKeepalive' ||
      action.type === 'sendNotification'
    )
      expect(this.connection, `${action.type} needs a connection`).toBe('open');
  }
}

const FIRED_BY: Readonly<Partial<Record<Event['type'], readonly TimerName[]>>> = {
  ConnectRetryTimerExpires: ['connectRetry'],
  HoldTimerExpires: ['hold'],
  KeepaliveTimerExpires: ['keepalive'],
  IdleHoldTimerExpires: ['idleHold'],
};

function forAnySequence(check: (driver: Driver, event: Event, settings: FsmConfig) => void): void {
  fc.assert(
    fc.property(anyConfig, fc.array(anyEvent, { maxLength: 40 }), (settings, events) => {
      const driver = new Driver();
      for (const event of events) check(driver, event, settings);
    }),
    { numRuns: 1000 },
  );
}

test('step: every pair is defined, and no argument is changed', () => {
  for (const state of STATES)
    for (const event of EVENTS) {
      const session = Object.freeze(sessionIn(state));
      const next = step(session, Object.freeze(event), Object.freeze(config()));
      expect(STATES, `${event.type} in ${state}`).toContain(next.session.state);
    }
});

test('step: any sequence of events is legal and leaves connection and messages consistent', () => {
  forAnySequence((driver, event, settings) => {
    driver.feed(event, settings);
    const { state } = driver.session;
    const expected = { Idle: 'none', Active: 'none', Connect: 'connecting' } as const;
    expect(driver.connection).toBe(state in expected ? expected[state as keyof typeof expected] : 'open');
  });
});

test('step: ManualStop always leads to a fresh session without timers', () => {
  forAnySequence((driver, event, settings) => {
    driver.feed(event, settings);
    const stopped = copyOf(driver);
    stopped.feed({ type: 'ManualStop', notification: SHUTDOWN }, settings);
    expect(stopped.session).toEqual(initialSession());
    expect([...stopped.timers]).toEqual([]);
  });
});

test('step: "established" exactly on entering Established, "down" exactly once on falling back', () => {
  forAnySequence((driver, event, settings) => {
    const { before, actions } = driver.feed(event, settings);
    const count = (type: Action['type']) => actions.filter((action) => action.type === type).length;
    const entered = before.state !== 'Established' && driver.session.state === 'Established';
    expect(count('established')).toBe(entered ? 1 : 0);
    expect(count('down')).toBe(RANK[driver.session.state] < RANK[before.state] ? 1 : 0);
  });
});

test('step: each state runs its own timers and no others', () => {
  forAnySequence((driver, event, settings) => {
    driver.feed(event, settings);
    const allowed: Readonly<Record<Session['state'], readonly TimerName[]>> = {
      Idle: ['idleHold'],
      Connect: ['connectRetry'],
      Active: ['connectRetry'],
      OpenSent: ['hold'],
      OpenConfirm: ['hold', 'keepalive'],
      Established: ['hold', 'keepalive'],
    };
    expect(allowed[driver.session.state]).toEqual(expect.arrayContaining([...driver.timers]));
  });
});

test('step: no session is stuck: a timer runs unless it was stopped, waits as passive, or has hold time 0', () => {
  // Timer events come only from timers that run, as with a real driver.
  forAnySequence((driver, event, settings) => {
    const fired = FIRED_BY[event.type] ?? [];
    if (!fired.every((timer) => driver.timers.has(timer))) return;
    const { before } = driver.feed(event, settings);
    const { state, negotiated } = driver.session;
    if (state === 'Idle') {
      const resting =
        event.type === 'ManualStop' || event.type === 'OpenCollisionDump' || before.state === 'Idle';
      if (!resting) expect(driver.timers).toContain('idleHold');
    } else if (state === 'Active') {
      expect(driver.timers.has('connectRetry')).toBe(!settings.passive);
    } else if (state === 'Connect') expect(driver.timers).toContain('connectRetry');
    else if (negotiated?.holdTimeSeconds !== 0) expect(driver.timers).toContain('hold');
  });
});

test('step: what was negotiated is known in OpenConfirm and Established, and forgotten elsewhere', () => {
  forAnySequence((driver, event, settings) => {
    driver.feed(event, settings);
    const { state, negotiated } = driver.session;
    expect(negotiated !== undefined).toBe(state === 'OpenConfirm' || state === 'Established');
  });
});

test('step: times are within their bounds', () => {
  forAnySequence((driver, event, settings) => {
    for (const action of driver.feed(event, settings).actions) {
      if (action.type !== 'startTimer') continue;
      const maximum = { connectRetry: 30, idleHold: 60, hold: 240, keepalive: 30, sendHold: 0 }[action.timer];
      expect(action.seconds).toBeGreaterThan(0);
      expect(action.seconds).toBeLessThanOrEqual(maximum);
    }
  });
});

function copyOf(driver: Driver): Driver {
  const copy = new Driver();
  copy.session = driver.session;
  copy.connection = driver.connection;
  for (const timer of driver.timers) copy.timers.add(timer);
  return copy;
}
