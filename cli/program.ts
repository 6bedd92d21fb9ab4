import { Command, CommanderError, Option } from 'commander';
import { addApi } from './api-command.ts';
import { addAudit } from './audit-commands.ts';
import { addAuth } from './auth-commands.ts';
import { addClient } from './client-commands.ts';
import { describeExitCodes, helpFor } from './command-help.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { addCompletion } from './completion-commands.ts';
import { addContext } from './context-commands.ts';
import { exit } from './exit.ts';
import { addInvite } from './invite-commands.ts';
import { output } from './output.ts';
import type { PasswordOptions } from './password-input.ts';
import { reportOf, reportText } from './report-error.ts';
import { addSession } from './session-commands.ts';
import { envFile, type Globals, passwordOptions, type Said } from './shared-options.ts';
import { addTransfer } from './transfer-commands.ts';
import { addUser } from './user-commands.ts';
import { version } from './version.ts';

/** Runs a command line (without the program's name) and resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { program, said } = build(wantsHelp(args) ? (await import('./settings-help.ts')).settingsHelp() : '');
  try {
    await program.parseAsync(helpOf(args), { from: 'user' });
    return exit.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exit.done;
    if (error instanceof CommanderError && error.code === 'commander.help') return exit.usage;
    const hint = error instanceof CommanderError ? helpFor(program, args) : undefined;
    const report = reportOf(error, hint);
    const json = said.globals().output === 'json' || wantsJson(args);
    process.stderr.write(`${reportText(report, json)}\n`);
    return report.exitCode;
  }
}

/** `help user add` as `user add --help`: commander's own help goes one command deep. */
const helpOf = (args: readonly string[]): string[] =>
  args[0] === 'help' && args.length > 2 ? [...args.slice(1), '--help'] : [...args];

const wantsHelp = (args: readonly string[]) =>
  args[0] === 'help' || args.some((arg) => arg === '--help' || arg === '-h');

// When parsing failed there are no options yet: look for -o json among the arguments.
const wantsJson = (args: readonly string[]) =>
  args.some(
    (arg, at) => /^(-ojson|--output=json)$/.test(arg) || (/^(-o|--output)$/.test(arg) && args[at + 1] === 'json'),
  );

/** Builds the program. `settings` is the help text on the environment, '' when no help is asked for. */
function build(settings: string): { program: Command; said: Said } {
  const program = new Command('gatewarden')
    .description('Puts a login in front of anything.')
    .version(version())
    .addOption(
      new Option('-o, --output <format>', 'how results are printed')
        .choices(['table', 'json', 'plain'])
        .default('table'),
    )
    .option('-q, --quiet', 'say nothing but results and errors', false)
    .option('-y, --yes', 'answer yes to every question', false)
    .option('--context <name>', 'the context to use (GATEWARDEN_CONTEXT; else the one that is in use)')
    .option('--server <url>', 'the server to talk to (GATEWARDEN_SERVER; else that of the context)')
    .option('--current-password-stdin', 'read your own password from stdin, for a call that asks for it')
    .option('--current-password-file <file>', 'read your own password from a file')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  const globals = () => program.opts<Globals>();
  const said = { globals, out: () => output({ format: globals().output, quiet: globals().quiet }) };
  addRun(program, settings);
  const adders = [
    ...[addSuperuser, addKeygen, addCheck, addExplain, addAuth, addContext, addApi],
    ...[addUser, addClient, addInvite, addSession, addAudit, addTransfer, addCompletion],
  ];
  for (const add of adders) add(program, said);
  describeExitCodes(program);
  return { program, said };
}

function addRun(program: Command, settings: string): void {
  program
    .command('run')
    .description('run the gateway in front of a service')
    .option('--upstream <url>', 'the service behind it (GATEWARDEN_UPSTREAM)')
    .option('--config <file>', 'the file of several services (GATEWARDEN_CONFIG)')
    .addOption(envFile())
    .addHelpText('after', settings)
    .action(async (options: { upstream?: string; config?: string; envFile?: string }) => {
      await (await import('./commands/run.ts')).run(options);
    });
}

function addSuperuser(program: Command, said: Said): void {
  passwordOptions(program.command('superuser'))
    .description('make an admin, on the store itself')
    .option('--username <name>', 'name of the admin; on a terminal it is asked for when it is not given')
    .addOption(envFile())
    .action(async (options: { username?: string; envFile?: string } & PasswordOptions) => {
      await (await import('./commands/superuser.ts')).superuser(options, said);
    });
}

function addKeygen(program: Command, { out }: Said): void {
  program
    .command('keygen')
    .description('print a new secret key')
    .action(async () => (await import('./commands/keygen.ts')).keygen(out()));
}

function addCheck(program: Command, { out }: Said): void {
  program
    .command('check')
    .description(
      'read the configuration, run its tests, reach the stores and the upstreams, and say what would be done',
    )
    .option('--upstream <url>', 'the service behind it (GATEWARDEN_UPSTREAM)')
    .option('--config <file>', 'the file of several services (GATEWARDEN_CONFIG)')
    .addOption(envFile())
    .action(async (options: { upstream?: string; config?: string; envFile?: string }) => {
      await (await import('./commands/check.ts')).check(options, out());
    });
}

function addExplain(program: Command, { out }: Said): void {
  program
    .command('explain')
    .description('say which rule decides on a request, and why')
    .argument('<method>', 'such as GET')
    .argument('<url>', 'a URL, or a path')
    .option('--as <who>', 'as this user of the store, or with this role; else as nobody, or whom auto-login acts as')
    .option('--rules <rules>', 'by these rules; else by GATEWARDEN_RULES, or those of the gateway that runs here')
    .option('--config <file>', 'by the routes of this file (GATEWARDEN_CONFIG)')
    .option('--from <address>', 'from this client address', '127.0.0.1')
    .addOption(envFile())
    .action(async (method: string, url: string, options: ExplainOptions) => {
      await (await import('./commands/explain.ts')).explain(method, url, options, out());
    });
}
