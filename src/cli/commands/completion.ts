/**
 * `bellhop completion bash|zsh|fish`: a script for the shell, which asks `bellhop __complete` at each Tab. So it knows
 * the commands of the installed version and the neighbors of the running daemon.
 */
import { Argument, type Command } from 'commander';
import { type ApiRequest, fetchAnswer, requests } from '../../api/client.ts';
import { complete } from '../complete.ts';
import { type CommandContext, socketPathOf } from '../context.ts';

const SCRIPTS = {
  bash: `# bellhop completion for bash: source <(bellhop completion bash)
_bellhop() {
  local IFS=$'\\n'
  COMP_WORDBREAKS=\${COMP_WORDBREAKS//:}
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _bellhop bellhop
`,
  zsh: `#compdef bellhop
# bellhop completion for zsh: source <(bellhop completion zsh)
_bellhop() {
  local -a found
  found=("\${(@f)$("$words[1]" __complete -- "\${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _bellhop bellhop
`,
  fish: `# bellhop completion for fish: bellhop completion fish | source
complete -c bellhop -a '(bellhop __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
} as const;

/** Adds the two commands to `program`. */
export function addCompletionCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  program
    .command('completion')
    .description('print a completion script: source <(bellhop completion bash)')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) => {
      terminal.stdout.write(SCRIPTS[shell]);
    });

  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const ask = async <Item>(call: ApiRequest<Item[]>, nameOf: (item: Item) => string) => {
        const found = await fetchAnswer(socketPathOf(context, {}), call).catch(() => []);
        return found.map(nameOf);
      };
      const found = await complete(program, words, {
        neighbors: () => ask(requests.neighbors(), ({ address }) => address),
        policies: () => ask(requests.policies(), ({ name }) => name),
      });
      if (found.length > 0) terminal.stdout.write(`${found.join('\n')}\n`);
    });
}
