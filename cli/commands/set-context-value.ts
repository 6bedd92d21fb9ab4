import { openContexts } from '../contexts/folder.ts';
import type { ContextRecord } from '../contexts/record.ts';
import { mustBeThere, selectedContext } from '../contexts/selection.ts';
import { CommandError, usage } from '../exit.ts';
import type { Output } from '../output.ts';
import { secretFromStdin } from '../password-input.ts';
import { isReadable, serverUrl } from '../remote/server-url.ts';
import { signOut } from '../remote/sign-out.ts';
import type { Globals } from '../shared-options.ts';

/** The keys of a context that people set. */
export const contextKeys = ['server', 'client-id', 'client-secret'] as const;

type Key = (typeof contextKeys)[number];

const isKey = (key: string): key is Key => contextKeys.some((one) => one === key);

/**
 * `context set-value`: an empty value removes it. `-` or `--stdin` reads the value from stdin. With another server the sign-in
 * ends and the client secret goes: both belong to the server that they were made for.
 */
export async function setContextValue(
  key: string,
  given: string | undefined,
  { stdin = false }: { stdin?: boolean },
  globals: Globals,
  out: Output,
): Promise<void> {
  if (!isKey(key)) throw usage(`A context has no ${key}: its keys are ${contextKeys.join(', ')}.`);
  const contexts = openContexts(process.env, out.warn);
  const selection = await selectedContext(globals, contexts);
  mustBeThere(selection);
  const { name } = selection;
  const value = await checkedValue(key, stdin ? '-' : given, out);
  await contexts.change(name, async (record = {}) => ({
    record: await changed(record, key, value, out),
    answer: undefined,
  }));
  out.note(`${key} of the context ${name} is ${value === '' ? 'removed' : 'set'}.`);
}

async function checkedValue(key: Key, given: string | undefined, out: Output): Promise<string> {
  const value = await read(key, given, out);
  if (value === '' || key === 'client-secret') return value;
  if (key === 'server') return serverUrl(value, 'server');
  if (!/^[\x21-\x7e]{1,200}$/.test(value)) throw usage('The client-id has characters that no client id has.');
  return value;
}

async function read(key: Key, given: string | undefined, out: Output): Promise<string> {
  if (given === '-') return (await secretFromStdin(`the ${key}`)).trim();
  if (given === undefined) return asked(key);
  if (key === 'client-secret' && given !== '') {
    out.warn(
      'a secret in an argument can be read by others on this machine and stays in the history; use - or --stdin',
    );
  }
  return given.trim();
}

async function asked(key: Key): Promise<string> {
  const { askPassword, canAsk } = await import('../prompts.ts');
  if (key !== 'client-secret' || !canAsk())
    throw usage(`Give the value: gatewarden context set-value ${key} VALUE, or - for stdin.`);
  return (await askPassword('The client secret')).trim();
}

async function changed(record: ContextRecord, key: Key, value: string, out: Output): Promise<ContextRecord> {
  const kept = value === '' ? undefined : value;
  if (key === 'client-id') return { ...record, clientId: kept, clientToken: undefined };
  if (key === 'client-secret') return { ...record, clientSecret: kept, clientToken: undefined };
  if (kept !== undefined && isReadable(kept))
    out.warn(`${kept} is not encrypted: others on the way can read what is sent and answered`);
  if (kept === record.server || record.server === undefined) return { ...record, server: kept };
  return moved(record, kept, out);
}

async function moved(record: ContextRecord, server: string | undefined, out: Output): Promise<ContextRecord> {
  if (record.signIn) {
    const outcome = await signOut(record.signIn);
    if (outcome.kind === 'failed') throw stillSignedIn(outcome.error);
    out.note(`Signed out from ${record.signIn.server}.`);
    if (outcome.kind === 'kept') out.warn('the token of before is valid still: revoke it on its server');
  }
  if (record.clientSecret) out.warn(`the client secret was for ${record.server}: it is removed`);
  return { server };
}

function stillSignedIn(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const { exitCode, code, message } = error;
  const hint = 'Sign out first: gatewarden auth logout, with --force when the server is gone.';
  return new CommandError(
    exitCode,
    code,
    `The session on the server of before could not be ended. ${message}`,
    [],
    hint,
  );
}
