/** Ask 25 (frr_exporter #79, bird-lg #3, #35, #43, birdwatcher #32): output that programs can read, never broken JSON. */
import { expect, test } from 'vitest';
import { setting } from './setting.ts';

/** A JSON Schema, as far as it is looked at. */
interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: object;
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const COMMANDS = ['summary', 'neighbors', 'routes', 'vips', 'announcements', 'errors'];

test('every show has JSON, with a peer whose text needs quoting, in each state of the session', async () => {
  const description = 'back\\slash "quoted" and ünïcode';
  await using subject = await setting(25, {
    neighbor: `import: accept, export: accept, description: ${JSON.stringify(description)}`,
  });
  await subject.start();
  for (const down of [false, true]) {
    if (down) {
      subject.peer.speaker.disable(subject.address, 'bye "all" \u001b[31mred\u0007');
      await subject.bellhop('wait', 'quiet', '--for', '300ms');
    }
    for (const command of [...COMMANDS, `neighbor ${subject.peerAddress}`, 'routes 203.0.113.0/24']) {
      const { code, text } = await subject.bellhop('show', ...command.split(' '), '--json');
      expect(code, command).toBe(0);
      expect(JSON.parse(text), command).toBeTypeOf('object');
    }
    const { text } = await subject.bellhop('show', 'neighbors', '--json');
    expect(JSON.parse(text)[0]).toMatchObject({ description, peerAs: 65002 });
  }
  // What the peer says in a NOTIFICATION cannot steer the terminal of whoever reads it.
  const { text } = await subject.bellhop('show', 'neighbor', subject.peerAddress);
  expect(text).toMatch(/Last error +received Cease\/administrative-shutdown .*"bye .*red/);
  expect(text).not.toMatch(/Last error.*[\u0007\u001b]/);
});

test('no daemon: nothing on standard output that could be taken for an answer, and exit code 3', async () => {
  await using subject = await setting(25);
  expect(await subject.bellhop('show', 'summary', '--json')).toMatchObject({
    code: 3,
    text: expect.stringMatching(/^error: cannot reach the daemon/),
  });
});

test('bellhop schema: what each show prints has the keys of its schema, all that are required and no others', async () => {
  await using subject = await setting(25);
  await subject.start();
  for (const command of COMMANDS) {
    const words = ['show', command];
    const schema = JSON.parse((await subject.bellhop('schema', ...words)).text) as Schema;
    const answer = JSON.parse((await subject.bellhop(...words, '--json')).text) as object | object[];
    const node = schema.type === 'array' ? schema.items! : schema;
    const { properties = {}, required = [] } =
      node.$ref === undefined ? node : schema.$defs![node.$ref.replace('#/$defs/', '')]!;
    for (const one of Array.isArray(answer) ? answer : [answer]) {
      expect(Object.keys(properties), command).toEqual(expect.arrayContaining(Object.keys(one)));
      expect(Object.keys(one), command).toEqual(expect.arrayContaining([...required]));
    }
  }
});
