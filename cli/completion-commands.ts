import { Argument, type Command } from 'commander';
import { withExamples } from './administrative-command.ts';
import { type Shell, shells } from './commands/completion.ts';

/** Adds `completion`. */
export function addCompletion(program: Command): void {
  withExamples(program.command('completion'), [
    'completion bash > ~/.local/share/bash-completion/completions/gatewarden',
    'completion zsh > ~/.zfunc/_gatewarden',
    'completion fish > ~/.config/fish/completions/gatewarden.fish',
  ])
    .description('print a script that completes commands, options and names of contexts in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText('after', '\nFor this shell alone: source <(gatewarden completion bash)')
    .action(async (shell: Shell) => (await import('./commands/completion.ts')).completion(shell, program));
}
