import type { Command } from 'commander';

const exitCodes =
  '\nExit codes: 0 done, 1 not found or refused input, 2 cannot connect,\n3 server failed, 4 not signed in or not allowed, 5 bad configuration or usage.';

/** Adds the exit codes to the help text of a command and of all below it. */
export function describeExitCodes(command: Command): void {
  command.addHelpText('after', exitCodes);
  for (const one of command.commands) describeExitCodes(one);
}

/** What to type for the help of the command that a command line names, as far as it names one. */
export function helpFor(program: Command, args: readonly string[]): string {
  let command = program;
  const names = [program.name()];
  for (const arg of args) {
    const next = command.commands.find((one) => one.name() === arg);
    if (next === undefined) continue;
    command = next;
    names.push(arg);
  }
  return `See \`${names.join(' ')} --help\`.`;
}
