/**
 * Export policies of the kind that networks have, each written for bellhop, BIRD and FRR: the same 10,000 routes go into
 * all three, and a peer that writes down every UPDATE is told the same ones with the same attributes by each.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { DEFAULT_CONTEXT, decodeMessage, type JsonValue } from '../../src/wire/index.ts';
import { type Bellhop, startBellhopFile } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import { eventually, type LabProcess } from './lab/process.ts';
import { FEEDER_AS, OWN_AS } from './policy-parity.ts';
import { EXPORT_PARITY_POLICIES } from './policy-parity-export.ts';
import { generatedRoutes, ROUTES } from './policy-parity-routes.ts';

const RECORDER = fileURLToPath(new URL('./lab/recorder.ts', import.meta.url));

/** The daemons under test, in the order of their cables. */
const SIDES = ['bellhop', 'bird', 'frr'] as const;
type Side = (typeof SIDES)[number];

/** Addresses of the two cables of the daemon with the policy of this number. */
function cables(policy: number, side: Side) {
  const number = policy * SIDES.length + SIDES.indexOf(side);
  return {
    number,
    feeder: `10.97.${number}.1`,
    local: `10.97.${number}.2`,
    receiver: `10.98.${number}.1`,
    out: `10.98.${number}.2`,
  };
}

/** What is left in the receiver's table of all UPDATEs: a line a prefix with every attribute. */
function heardIn(file: string, { receiver, feeder, out }: ReturnType<typeof cables>): string[] {
  const table = new Map<string, string>();
  for (const one of readFileSync(file, 'utf8').split('\n')) {
    const [address, hex] = one.split(' ');
    if (address !== receiver || hex === undefined) continue;
    const message = decodeMessage(fromHex(hex), DEFAULT_CONTEXT);
    if (message.type !== 'UPDATE' || message.errors.length > 0) throw new Error(JSON.stringify(message));
    for (const prefix of message.withdrawn['ipv4-unicast'] ?? []) table.delete(String(prefix));
    const attributes = attributesText(message.attributes as Readonly<Record<string, JsonValue>>)
      .replaceAll(`"${feeder}"`, 'FEEDER')
      .replaceAll(`"${out}"`, 'OUT');
    for (const prefix of message.reach['ipv4-unicast'] ?? []) table.set(String(prefix), attributes);
  }
  return [...table].map(([prefix, attributes]) => `${prefix} ${attributes}`).sort();
}

/** Attributes by name; the order within communities means nothing (RFC 1997, 8092). */
function attributesText(attributes: Readonly<Record<string, JsonValue>>): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => {
      const value = attributes[name]!;
      const isSet = /communities/i.test(name) && Array.isArray(value);
      return `${name} ${JSON.stringify(isSet ? [...value].sort() : value)}`;
    })
    .join(' | ');
}

describeLab('one export policy in three daemons', [bird, frr], () => {
  let lab: Lab;
  let recorded: string;
  const nodes = new Map<number, LabNode>();

  beforeAll(async () => {
    lab = new Lab();
    const feeder = await lab.node('feeder');
    const receiver = await lab.node('receiver');
    const neighbors = [];
    const receivers: string[] = [];
    for (const [policy, { receiverAs }] of EXPORT_PARITY_POLICIES.entries())
      for (const side of SIDES) {
        const ends = cables(policy, side);
        const node = await lab.node(`${side}${policy}`);
        nodes.set(ends.number, node);
        await lab.connect(
          { node: feeder, interface: `eth${ends.number}`, addresses: [`${ends.feeder}/24`] },
          { node, interface: 'eth1', addresses: [`${ends.local}/24`] },
        );
        await lab.connect(
          { node: receiver, interface: `eth${ends.number}`, addresses: [`${ends.receiver}/24`] },
          { node, interface: 'eth2', addresses: [`${ends.out}/24`] },
        );
        neighbors.push({
          address: ends.local,
          localAddress: ends.feeder,
          as: OWN_AS,
          holdTime: 60,
          passive: true,
          families: ['ipv4-unicast'] as const,
        });
        receivers.push(`${ends.receiver}=${receiverAs}`);
      }
    recorded = join(receiver.directory, 'updates');
    receiver.spawn(process.execPath, [RECORDER, recorded, ...receivers]);
    await eventually(
      () => {
        if (!existsSync(recorded) || readFileSync(recorded, 'utf8').split('\n').length <= receivers.length)
          throw new Error('the receivers do not listen');
      },
      { what: 'the receivers listen' },
    );
    await bird.start(feeder, {
      as: FEEDER_AS,
      routerId: '10.97.255.1',
      localAddress: '10.97.0.1',
      localAddress6: 'fd97::1',
      neighbors,
      routes: generatedRoutes(),
    });
  }, 120_000);

  afterAll(async () => {
    await lab.destroy();
  });

  /** Writes a configuration for a machine and gives the file. */
  function file(policy: number, side: Side): { node: LabNode; file: string } {
    const ends = cables(policy, side);
    const node = nodes.get(ends.number)!;
    const path = join(node.directory, `${side}.conf`);
    const text = EXPORT_PARITY_POLICIES[policy]![side].replaceAll('FEEDER', ends.feeder)
      .replaceAll('LOCAL', ends.local)
      .replaceAll('RECEIVER', ends.receiver)
      .replaceAll('OUT', ends.out);
    writeFileSync(path, text);
    return { node, file: path };
  }

  /** All that bellhop sends, when it has heard everything and has nothing more to say. */
  async function allOf(bellhop: Bellhop, policy: number): Promise<string[]> {
    const ends = cables(policy, 'bellhop');
    const processes = [bellhop.process];
    let mine: string[] = [];
    await eventually(
      async () => {
        const [from, to] = [await bellhop.neighbor(ends.feeder), await bellhop.neighbor(ends.receiver)];
        expect(from.families[0]).toMatchObject({ received: ROUTES, endOfRibReceived: true });
        mine = heardIn(recorded, ends);
        expect(mine.length).toBe(to.families[0]?.advertised);
        expect(mine.length).toBeGreaterThan(0);
      },
      { what: 'bellhop has told everything', timeout: 60_000, processes },
    );
    return mine;
  }

  test.each(EXPORT_PARITY_POLICIES.map((policy, number) => [policy.name, number] as const))(
    '%s',
    async (_, number) => {
      const policy = EXPORT_PARITY_POLICIES[number]!;
      const [ours, birds, frrs] = SIDES.map((side) => file(number, side));
      const bellhop = await startBellhopFile(ours!.node, ours!.file);
      const others = [
        await bird.startFile(birds!.node, birds!.file),
        await frr.startFile(frrs!.node, frrs!.file),
      ];
      const mine = await allOf(bellhop, number);
      expect(mine.length).toBeGreaterThan(policy.atLeast);
      expect(mine.length).toBeLessThan(ROUTES - policy.atLeast);
      const processes: LabProcess[] = others.map((peer) => peer.process);
      for (const side of ['bird', 'frr'] as const)
        await eventually(
          () => {
            const theirs = new Set(heardIn(recorded, cables(number, side)));
            const known = new Set(mine);
            const differences = {
              [`only ${side}`]: [...theirs].filter((one) => !known.has(one)).slice(0, 5),
              'only bellhop': mine.filter((one) => !theirs.has(one)).slice(0, 5),
            };
            expect(differences).toEqual({ [`only ${side}`]: [], 'only bellhop': [] });
            expect(theirs.size).toBe(mine.length);
          },
          { what: `${side} tells the same routes as bellhop`, timeout: 45_000, processes },
        );
      for (const peer of others) await peer.kill();
      await bellhop.stop();
    },
    240_000,
  );
});
