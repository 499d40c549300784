/** Addresses on interfaces: whose they are, who needs them, and what a crash leaves behind. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, World } from './harness.ts';

const ADDRESS = '203.0.113.10/32';
const [a, b] = [{}, {}];

describe('InterfaceAddresses', () => {
  test('an address that was there before is used, and never removed or remembered', async () => {
    const world = new World('foreign.json');
    world.interfaces.get('lo')!.add(ADDRESS);
    const addresses = world.addresses();
    expect(await addresses.acquire(a, 'lo', ADDRESS)).toBe(false);
    expect(addresses.isOurs('lo', ADDRESS)).toBe(false);
    expect(await addresses.release(a, 'lo', ADDRESS)).toBe(false);
    expect(world.interfaces.get('lo')).toEqual(new Set([ADDRESS]));
    expect(existsSync(world.stateFile!)).toBe(false);
  });

  test('removed when the last VIP that needs it lets go', async () => {
    const world = new World();
    const addresses = world.addresses();
    await addresses.acquire(a, 'lo', ADDRESS);
    expect(await addresses.acquire(b, 'lo', ADDRESS)).toBe(false);
    expect(await addresses.release(a, 'lo', ADDRESS)).toBe(false);
    expect(world.interfaces.get('lo')).toEqual(new Set([ADDRESS]));
    expect(await addresses.release(b, 'lo', ADDRESS)).toBe(true);
    expect(world.interfaces.get('lo')).toEqual(new Set());
  });

  test('what a crash left is removed at the next start; what others added meanwhile is not', async () => {
    const world = new World('crash.json');
    await world.addresses().acquire(a, 'lo', ADDRESS);
    expect(JSON.parse(readFileSync(world.stateFile!, 'utf8'))).toMatchObject({
      addresses: [{ interface: 'lo', address: ADDRESS }],
    });
    world.interfaces.get('lo')!.add('198.51.100.1/32');
    const next = world.addresses();
    expect(await next.cleanLeftovers()).toEqual([{ interface: 'lo', address: ADDRESS }]);
    expect(world.interfaces.get('lo')).toEqual(new Set(['198.51.100.1/32']));
    expect(await world.addresses().cleanLeftovers()).toEqual([]);
  });

  test('remembered before it is added: a crash between the two leaves no trace that nobody knows', async () => {
    const world = new World('before.json');
    const seen: boolean[] = [];
    world.steps.push = (step: string) => {
      if (step.startsWith('add')) seen.push(readFileSync(world.stateFile!, 'utf8').includes(ADDRESS));
      return 0;
    };
    await world.addresses().acquire(a, 'lo', ADDRESS);
    expect(seen).toEqual([true]);
  });

  test('the state of an earlier boot, a damaged file and an interface that is gone', async () => {
    const world = new World('old.json');
    world.interfaces.get('lo')!.add(ADDRESS);
    writeFileSync(
      world.stateFile!,
      JSON.stringify({ boot: 'earlier', addresses: [{ interface: 'lo', address: ADDRESS }] }),
    );
    expect(await world.addresses().cleanLeftovers()).toEqual([]);
    writeFileSync(world.stateFile!, '{"boot": ');
    expect(await world.addresses().cleanLeftovers()).toEqual([]);
    expect(world.interfaces.get('lo')).toEqual(new Set([ADDRESS]));

    world.interfaces.set('eth1', new Set());
    await world.addresses().acquire(a, 'eth1', '10.0.0.1/32');
    world.interfaces.delete('eth1');
    expect(await world.addresses().cleanLeftovers()).toEqual([]);
    expect(world.steps.filter((step) => step.startsWith('problem'))).toEqual([]);
    expect(readFileSync(world.stateFile!, 'utf8')).not.toContain('10.0.0.1');
  });

  test('a state file that cannot be written is a problem that is told, not the end of the service', async () => {
    mkdirSync(join(folder, 'taken.json'), { recursive: true });
    const world = new World('taken.json');
    expect(await world.addresses().acquire(a, 'lo', ADDRESS)).toBe(true);
    expect(world.steps[0]).toMatch(/^problem cannot write .*taken\.json.*stay behind after a crash/);
    expect(world.steps[1]).toBe(`add ${ADDRESS}`);
  });
});
