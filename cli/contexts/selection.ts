import { CommandError, exit } from '../exit.ts';
import type { Globals } from '../shared-options.ts';
import { type Contexts, contextName } from './folder.ts';
import type { ContextRecord } from './record.ts';

/** The context of a command. `by` says who chose it: with `nobody` it is called `default`. */
export type Selection = Readonly<{
  name: string;
  by: 'flag' | 'environment' | 'use' | 'nobody';
  record: ContextRecord | undefined;
}>;

type Chosen = Pick<Selection, 'name' | 'by'>;

async function chosen({ context }: Globals, contexts: Contexts): Promise<Chosen> {
  if (context !== undefined) return { name: contextName(context), by: 'flag' };
  const fromEnvironment = process.env.GATEWARDEN_CONTEXT?.trim();
  if (fromEnvironment) return { name: contextName(fromEnvironment), by: 'environment' };
  const inUse = await contexts.inUse();
  return inUse === undefined ? { name: 'default', by: 'nobody' } : { name: inUse, by: 'use' };
}

/** The context of `--context`, else of `GATEWARDEN_CONTEXT`, else the one in use, else `default`; it need not be there. */
export async function selectedContext(globals: Globals, contexts: Contexts): Promise<Selection> {
  const { name, by } = await chosen(globals, contexts);
  return { name, by, record: await contexts.read(name) };
}

/** Throws for a context that was named and is not there; exit code 1. */
export function mustBeThere({ name, by, record }: Selection): void {
  if (record === undefined && by !== 'nobody') throw noContext(name);
}

export const noContext = (name: string): CommandError =>
  new CommandError(
    exit.refused,
    'not_found',
    `There is no context ${name}.`,
    [],
    `See which there are: gatewarden context list. Make it: gatewarden context create ${name}`,
  );
