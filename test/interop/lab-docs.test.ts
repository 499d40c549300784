/**
 * The command lines of docs/containerlab.md, word for word: `docker exec clab-LAB-NODE COMMAND` is COMMAND in the
 * namespace of that node, `docker kill` the end of its process. With BELLHOP_LAB=podman they are what they say, with the
 * image of the Dockerfile (`lab/podman.ts`).
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Containerlab, daemonsOf } from './lab/containerlab.ts';
import { describeLab } from './lab/guard.ts';
import { PodmanLab } from './lab/podman.ts';
import { eventually, run } from './lab/process.ts';

const TEXT = readFileSync(new URL('../../docs/containerlab.md', import.meta.url), 'utf8');

/** The lines of the block behind `<!-- lab: NAME -->`, without comments. */
function linesOf(name: string): string[] {
  const block = new RegExp(`<!-- lab: ${name} -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(TEXT)?.[1];
  if (block === undefined) throw new Error(`docs/containerlab.md has no lab ${name}`);
  return block.split('\n').flatMap((line) => line.replace(/ +#.*$/, '').trim() || []);
}

/** What the lines must say in the end, in their order; those of a reader who is slower than the sessions. */
const ANSWERS: Readonly<Record<string, readonly RegExp[]>> = {
  anycast: [
    /^node[12]$/m,
    /(via 10\.1\.[12]\.2 [\s\S]*){2}/,
    /(via 10\.2\.[12]\.2 [\s\S]*){2}/,
    /^web +UP .* 1\/1 +203\.0\.113\.10\/32/m,
    /withdrawn, with all peers after/,
    /^203\.0\.113\.10 via 10\.1\.2\.2 /,
    /not drained/,
    /=> BROKEN +check .*connection refused/,
    /^node2$/m,
  ],
  'route-server': [
    /203\.0\.113\.64\/26 +192\.0\.2\.12 .* 65012 i/,
    /Announced 203\.0\.113\.192\/26/,
    /203\.0\.113\.192\/26[\s\S]*192\.0\.2\.12/,
  ],
  bellhop: [/(Established .* 1000 +3000 [\s\S]*){4}/],
  'dual-stack': [/via inet6 fd00:2::2/, /via inet6 fd00:1::2/, /^node$/m, /^node$/m, /extended-next-hop/],
};

for (const [name, answers] of Object.entries(ANSWERS)) {
  const file = name === 'bellhop' ? 'bellhop.clab.yml' : `${name}/${name}.clab.yml`;
  describeLab(`docs/containerlab.md: ${name}`, daemonsOf(file), () => {
    test('line by line', async () => {
      const lines = linesOf(name);
      expect(lines.shift()).toBe(`sudo containerlab deploy -t config/lab/${file}`);
      expect(lines.pop()).toBe(`sudo containerlab destroy -t config/lab/${file}`);
      const expected = [...answers];
      const lab = await (process.env['BELLHOP_LAB'] === 'podman' ? PodmanLab : Containerlab).deploy(file);
      try {
        for (const line of lines) {
          const [, verb, node = '', command = ''] = new RegExp(
            `^docker (exec|kill) clab-${name}-(\\w+)(?: (.*))?$`,
          ).exec(line) ?? [line];
          if (verb === 'kill') await (lab instanceof PodmanLab ? lab.kill(node) : lab.process(node).kill());
          else {
            expect(verb, line).toBe('exec');
            const answer = expected.shift();
            expect(answer, line).toBeDefined();
            await eventually(async () => expect(await answerOf(lab, node, command)).toMatch(answer ?? /^$/), {
              what: line,
              timeout: 60_000,
              interval: 300,
            });
          }
        }
        expect(expected).toEqual([]);
      } finally {
        await lab.destroy();
      }
    });
  });
}

/** What a command says; of one that fails, too. */
async function answerOf(lab: Containerlab | PodmanLab, node: string, command: string): Promise<string> {
  const [program = '', ...words] = command.split(' ');
  if (lab instanceof PodmanLab)
    return await lab.exec(node, [program, ...words]).catch((error: Error) => error.message);
  if (program === 'bellhop')
    return await lab
      .bellhop(node)
      .command(...words)
      .catch((error: Error) => error.message);
  return await run(program, words, { namespace: lab.node(node).namespace });
}
