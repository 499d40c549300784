/**
 * Stories of RFC 4271 section 8.2.2, told event by event: `State: actions`.
 */
import { describe, expect, test } from 'vitest';
import { initialSession, step } from '../../src/fsm/step.ts';
import type { DownReason, Event } from '../../src/fsm/types.ts';
import { notification } from '../../src/wire/notification.ts';
import { config, EVENTS, event, PATHS, peerOpen, SHUTDOWN, STATES, Story, sessionIn } from './fixtures.ts';

const toEstablished = PATHS.Established;

describe('a session comes up', () => {
  test('as the connecting side', () => {
    const story = new Story();
    expect(story.on('ManualStart')).toBe('Connect: -idleHold, connect, connectRetry~30');
    expect(story.on('TcpConnectionRequestAcked')).toBe('OpenSent: -connectRetry, OPEN, hold=240');
    expect(story.on('BgpOpen')).toBe('OpenConfirm: KEEPALIVE, keepalive~30, hold=90');
    expect(story.on('KeepAliveMsg')).toBe('Established: hold=90, established');
    expect(story.on('KeepaliveTimerExpires')).toBe('Established: KEEPALIVE, keepalive~30');
  });

  test('as the passive side, which has no timer while it waits', () => {
    const story = new Story({ passive: true });
    expect(story.on('AutomaticStart')).toBe('Active: -idleHold');
    expect(story.on('ConnectRetryTimerExpires')).toBe('Active:');
    expect(story.on('TcpConnectionConfirmed')).toBe('OpenSent: -connectRetry, OPEN, hold=240');
  });

  test('on the connection of the peer, while our own attempt is under way or pausing', () => {
    const open = 'OpenSent: -connectRetry, OPEN, hold=240';
    expect(new Story().after('ManualStart').on('TcpConnectionConfirmed')).toBe(open);
    expect(new Story().after('ManualStart', 'TcpConnectionFails').on('TcpConnectionConfirmed')).toBe(open);
  });

  test('after a peer in its Idle has refused the connection: we wait where it can reach us', () => {
    const story = new Story().after(...PATHS.OpenSent);
    expect(story.on({ type: 'NotifMsg', notification: notification(6, 5) })).toMatch(
      /^Active: .*connectRetry~1/,
    );
    expect(story.on('TcpConnectionConfirmed')).toBe('OpenSent: -connectRetry, OPEN, hold=240');
  });

  test('without keepalives when the hold time is 0', () => {
    const story = new Story({ minimumHoldTimeSeconds: 0 }).after(...PATHS.OpenSent);
    expect(story.on({ type: 'BgpOpen', open: peerOpen({ holdTimeSeconds: 0 }) })).toBe(
      'OpenConfirm: KEEPALIVE, -keepalive, -hold',
    );
    expect(story.on('KeepAliveMsg')).toBe('Established: -hold, established');
    expect(story.on('UpdateMsg')).toBe('Established: -hold');
  });

  test('with keepalives one second apart without jitter: they must not come faster (RFC 4271 4.4)', () => {
    const story = new Story().after(...PATHS.OpenSent);
    expect(story.on({ type: 'BgpOpen', open: peerOpen({ holdTimeSeconds: 3 }) })).toBe(
      'OpenConfirm: KEEPALIVE, keepalive=1, hold=3',
    );
  });

  test('and keeps what was negotiated, until it ends', () => {
    const story = new Story().after(...toEstablished);
    expect(story.session.negotiated?.peerAs).toBe(65002);
    expect(story.after('TcpConnectionFails').session.negotiated).toBeUndefined();
  });
});

describe('connecting', () => {
  test('a failed attempt goes to Active and is repeated after 1, 2, 4... seconds, at most connectRetrySeconds', () => {
    const story = new Story().after('ManualStart');
    const pauses: string[] = [];
    for (let i = 0; i < 7; i++) {
      pauses.push(story.on('TcpConnectionFails'));
      expect(story.on('ConnectRetryTimerExpires')).toBe('Connect: connect, connectRetry~30');
    }
    expect(pauses).toEqual(
      [1, 2, 4, 8, 16, 30, 30].map((s) => `Active: close, -connectRetry, connectRetry~${s}, down(transport)`),
    );
    expect(story.session.errors).toBe(0);
  });

  test('an attempt without an answer is dropped and made again', () => {
    expect(new Story().after('ManualStart').on('ConnectRetryTimerExpires')).toBe(
      'Connect: close, connect, connectRetry~30',
    );
  });

  test('a connection that fails before the OPEN of the peer is retried too, and is no error', () => {
    const story = new Story().after(...PATHS.OpenSent);
    expect(story.on('TcpConnectionFails')).toBe(
      'Active: close, -hold, -sendHold, connectRetry~1, down(transport)',
    );
    expect(story.session).toMatchObject({ errors: 0, connectRetryCounter: 1 });
  });

  test('a start forgets the failed attempts before it', () => {
    const story = new Story().after('ManualStart', 'TcpConnectionFails', 'AutomaticStop');
    expect(story.session.connectRetryCounter).toBe(2);
    expect(story.after('IdleHoldTimerExpires').session.connectRetryCounter).toBe(0);
  });

  test('a passive side just waits again', () => {
    const story = new Story({ passive: true }).after('ManualStart', 'TcpConnectionConfirmed');
    expect(story.on('TcpConnectionFails')).toBe('Active: close, -hold, -sendHold, down(transport)');
  });

  test('connections in Idle are refused, and starts are ignored once started', () => {
    expect(new Story().on('TcpConnectionConfirmed')).toBe('Idle: close');
    for (const state of STATES.slice(1))
      for (const type of ['ManualStart', 'AutomaticStart'] as const) {
        const session = sessionIn(state);
        expect(step(session, event(type), config())).toEqual({ session, actions: [] });
      }
  });
});

describe('idle hold after errors', () => {
  const hold = (answer: string) => /idleHold~(\d+)/.exec(answer)?.[1];

  test('doubles with each error up to the maximum, and ends in an automatic start', () => {
    const story = new Story();
    const holds: (string | undefined)[] = [];
    story.on('ManualStart');
    for (let i = 0; i < 6; i++) {
      story.on('TcpConnectionRequestAcked');
      holds.push(hold(story.on('BgpOpenMsgErr')));
      expect(story.on('IdleHoldTimerExpires')).toBe('Connect: -idleHold, connect, connectRetry~30');
    }
    expect(holds).toEqual(['5', '10', '20', '40', '60', '60']);
  });

  test('starts from the beginning after a session that was Established', () => {
    const story = new Story().after('ManualStart', 'TcpConnectionRequestAcked', 'BgpOpenMsgErr');
    expect(story.session.errors).toBe(1);
    story.after('IdleHoldTimerExpires', 'TcpConnectionRequestAcked', 'BgpOpen', 'KeepAliveMsg');
    expect(hold(story.on('TcpConnectionFails'))).toBe('5');
    expect(story.session.errors).toBe(1);
  });

  test('stays finite after very many errors', () => {
    const session = { ...sessionIn('OpenSent'), errors: 5000, connectRetryCounter: 5000 };
    const settings = config({ idleHoldSeconds: 0, idleHoldMaximumSeconds: 0 });
    for (const next of EVENTS)
      for (const action of step(session, next, settings).actions)
        if (action.type === 'startTimer') expect(action.seconds).toBeLessThanOrEqual(240);
  });

  test('AutomaticStop is followed by it, ManualStop cancels it', () => {
    const story = new Story().after(...toEstablished);
    expect(story.on('AutomaticStop')).toBe(
      'Idle: NOTIFICATION 6/4, close, -hold, -keepalive, -sendHold, down(local), idleHold~5',
    );
    expect(story.on('ManualStop')).toBe('Idle: -idleHold');
    expect(story.session).toEqual(initialSession());
  });
});

describe('a session ends', () => {
  const down = (session: Parameters<typeof step>[0], next: Event): DownReason | undefined =>
    step(session, next, config()).actions.find((action) => action.type === 'down')?.reason;

  test.each([
    ['Connect', 'Idle: close, -connectRetry, down(local)'],
    ['Active', 'Idle: -connectRetry, down(local)'],
    ['OpenSent', 'Idle: NOTIFICATION 6/2, close, -hold, -sendHold, down(local)'],
    ['OpenConfirm', 'Idle: NOTIFICATION 6/2, close, -hold, -keepalive, -sendHold, down(local)'],
    ['Established', 'Idle: NOTIFICATION 6/2, close, -hold, -keepalive, -sendHold, down(local)'],
  ] as const)('ManualStop in %s tells the peer when there is one, and rests', (state, answer) => {
    const story = new Story().after(...PATHS[state]);
    expect(story.on('ManualStop')).toBe(answer);
    expect(story.session).toEqual(initialSession());
  });

  test.each(['OpenSent', 'OpenConfirm', 'Established'] as const)(
    'HoldTimerExpires in %s sends 4/0',
    (state) => {
      const reason = down(sessionIn(state), event('HoldTimerExpires'));
      expect(reason?.notification).toMatchObject({ code: 4, subcode: 0 });
      expect(reason?.text).toBe(
        `hold timer expired: nothing heard for ${state === 'OpenSent' ? 240 : 90} seconds`,
      );
    },
  );

  test.each(['OpenSent', 'OpenConfirm', 'Established'] as const)(
    'SendHoldTimerExpires in %s attempts 8/0 (RFC 9687)',
    (state) => {
      const reason = down(sessionIn(state), event('SendHoldTimerExpires'));
      expect(reason?.notification).toMatchObject({ code: 8, subcode: 0 });
    },
  );

  test('a NOTIFICATION is not answered, in any state', () => {
    for (const state of STATES.slice(1)) {
      const { session, actions } = step(sessionIn(state), event('NotifMsg'), config());
      expect(session.state).toBe('Idle');
      expect(actions.map((action) => action.type)).not.toContain('sendNotification');
      expect(down(sessionIn(state), event('NotifMsg'))).toEqual({
        origin: 'remote',
        notification: SHUTDOWN,
        text: 'Cease/administrative-shutdown',
      });
    }
  });

  test('errors in messages are told to the peer as the codec found them', () => {
    for (const [state, type, code] of [
      ['OpenSent', 'BgpHeaderErr', 1],
      ['OpenSent', 'BgpOpenMsgErr', 2],
      ['OpenConfirm', 'BgpHeaderErr', 1],
      ['OpenConfirm', 'BgpOpenMsgErr', 2],
      ['Established', 'BgpHeaderErr', 1],
      ['Established', 'UpdateMsgErr', 3],
    ] as const)
      expect(down(sessionIn(state), event(type))?.notification?.code, `${type} in ${state}`).toBe(code);
  });

  test('an OPEN we cannot agree with is refused with the reason', () => {
    const reason = down(sessionIn('OpenSent'), { type: 'BgpOpen', open: peerOpen({ holdTimeSeconds: 2 }) });
    expect(reason?.notification).toMatchObject({ code: 2, subcode: 6 });
    expect(reason?.text).toBe('peer proposes hold time 2, which must be 0 or at least 3');
  });

  test('a lost collision sends 6/7, is no error and starts no timer: the other session goes on', () => {
    const story = new Story().after(...PATHS.OpenConfirm);
    expect(story.on('OpenCollisionDump')).toBe(
      'Idle: NOTIFICATION 6/7, close, -hold, -keepalive, -sendHold, down(local)',
    );
    expect(story.session.errors).toBe(0);
  });

  test('a TCP failure of a session in OpenConfirm or Established goes to Idle', () => {
    for (const state of ['OpenConfirm', 'Established'] as const)
      expect(new Story().after(...PATHS[state]).on('TcpConnectionFails')).toBe(
        'Idle: close, -hold, -keepalive, -sendHold, down(transport), idleHold~5',
      );
  });
});

describe('unexpected messages are FSM errors with the state as subcode and the type as data (RFC 6608)', () => {
  test.each([
    ['OpenSent', 'KeepAliveMsg', 1, 4],
    ['OpenSent', 'UpdateMsg', 1, 2],
    ['OpenSent', 'UpdateMsgErr', 1, 2],
    ['OpenSent', 'RouteRefreshMsg', 1, 5],
    ['OpenConfirm', 'BgpOpen', 2, 1],
    ['OpenConfirm', 'UpdateMsg', 2, 2],
    ['OpenConfirm', 'UpdateMsgErr', 2, 2],
    ['OpenConfirm', 'RouteRefreshMsg', 2, 5],
    ['Established', 'BgpOpen', 3, 1],
    ['Established', 'BgpOpenMsgErr', 3, 1],
  ] as const)('%s, %s: 5/%i', (state, type, subcode, messageType) => {
    const { actions } = step(sessionIn(state), event(type), config());
    expect(actions[0]).toEqual({
      type: 'sendNotification',
      notification: notification(5, subcode, Uint8Array.of(messageType)),
    });
  });

  test('a timer of another state is an FSM error without subcode', () => {
    for (const state of ['OpenSent', 'OpenConfirm', 'Established'] as const)
      expect(new Story().after(...PATHS[state]).on('ConnectRetryTimerExpires')).toMatch(
        /^Idle: NOTIFICATION 5\/0/,
      );
  });

  test('before there is a connection they only lead to Idle', () => {
    expect(new Story().after('ManualStart').on('UpdateMsg')).toBe(
      'Idle: close, -connectRetry, down(local), idleHold~5',
    );
  });
});
