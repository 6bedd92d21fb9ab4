import type { LocalOptions } from '../environment.ts';
import { CommandError, exit, usage } from '../exit.ts';
import { onStore } from '../local.ts';
import type { Globals, Said } from '../shared-options.ts';
import type { Administration } from './verbs.ts';

/** Options of every command that administers. */
export interface AdministrationOptions extends LocalOptions {
  /** Work on the store itself. Default: ask the server. */
  readonly local?: boolean;
}

/**
 * Connects to the server, or opens the store with `--local`, and calls `act`. `makes`: an absent store is made, as `onStore`
 * does. Exit code 5 for options of the one beside those of the other.
 */
export async function administer<T>(
  options: AdministrationOptions,
  { globals, out }: Said,
  act: (administration: Administration) => Promise<T>,
  { makes = false }: { makes?: boolean } = {},
): Promise<T> {
  refuseMixture(options, globals());
  if (options.local) {
    const { administrationIn } = await import('./in-store.ts');
    return onStore(options, async (gate) => act(administrationIn(gate)), { makes });
  }
  const [{ connect }, { administrationOn }] = await Promise.all([import('../server.ts'), import('./on-server.ts')]);
  return act(administrationOn(await connect(globals(), out())));
}

function refuseMixture({ local, envFile }: AdministrationOptions, { server, context }: Globals): void {
  if (!local && envFile !== undefined) throw usage('--env-file names settings of a store: it needs --local.');
  if (local && (server !== undefined || context !== undefined)) {
    throw usage('--local works on the store itself, --server and --context ask a server: give one of them.');
  }
}

/** What a command is about, such as the user `ada`. */
export type Subject = Readonly<{ noun: 'user' | 'client' | 'invitation' | 'session'; name: string; list: string }>;

/** Calls `act`; a refusal names the subject, and says where the names are listed if there is no such thing. */
export async function about<T>(subject: Subject, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof CommandError && error.exitCode === exit.refused ? named(subject, error) : error;
  }
}

function named({ noun, name, list }: Subject, { exitCode, code, message, problems, hint }: CommandError): CommandError {
  const isAbsent = code === 'not_found';
  const lists = isAbsent || code === 'conflict' ? `\`gatewarden ${list}\` shows what there is.` : hint;
  return new CommandError(
    exitCode,
    code,
    `${name}: ${isAbsent ? `There is no such ${noun}.` : message}`,
    problems,
    lists,
  );
}
