import { type Contexts, contextName, openContexts } from '../contexts/folder.ts';
import type { ContextRecord } from '../contexts/record.ts';
import { noContext, selectedContext } from '../contexts/selection.ts';
import { CommandError, exit, reasonOf } from '../exit.ts';
import type { Output } from '../output.ts';
import { isReadable, serverUrl } from '../remote/server-url.ts';
import { endClientToken, signOut } from '../remote/sign-out.ts';
import type { Globals } from '../shared-options.ts';

const open = (out: Output) => openContexts(process.env, out.warn);

const signedInBy = ({ signIn, clientSecret }: ContextRecord): string =>
  signIn ? (signIn.kind === 'token' ? 'token' : 'session') : clientSecret === undefined ? 'nobody' : 'client';

/** A context without its secrets. */
const shownContext = (name: string, record: ContextRecord, inUse: string | undefined) => ({
  name,
  in_use: name === (inUse ?? 'default'),
  server: record.server,
  user: record.signIn?.user,
  signed_in_by: signedInBy(record),
  client_id: record.clientId,
  client_secret: record.clientSecret === undefined ? undefined : 'set',
});

type Shown = ReturnType<typeof shownContext>;

const rowOf = (one: Shown) => ({
  context: one.name,
  'in use': one.in_use ? 'yes' : '',
  server: one.server ?? '',
  user: one.user ?? '',
  'signed in by': one.signed_in_by,
});

/** `context list`. A context whose file cannot be read is named in a warning. */
export async function listContexts(out: Output): Promise<void> {
  const contexts = open(out);
  const inUse = await contexts.inUse();
  const shown: Shown[] = [];
  for (const name of await contexts.names()) {
    const record = await contexts.read(name).catch((error: unknown) => unreadable(error, out));
    if (record) shown.push(shownContext(name, record, inUse));
  }
  out.list(['context', 'in use', 'server', 'user', 'signed in by'], shown.map(rowOf), shown);
}

function unreadable(error: unknown, out: Output): undefined {
  if (!(error instanceof CommandError)) throw error;
  out.warn(`${error.message} ${error.hint ?? ''}`);
}

/** `context show`: never shows a secret. */
export async function showContext(name: string | undefined, globals: Globals, out: Output): Promise<void> {
  const contexts = open(out);
  const selection = await selectedContext(name === undefined ? globals : { ...globals, context: name }, contexts);
  if (selection.record === undefined) throw noContext(selection.name);
  const shown = shownContext(selection.name, selection.record, await contexts.inUse());
  const client = { 'client-id': shown.client_id ?? '', 'client-secret': shown.client_secret ?? '' };
  out.one({ ...rowOf(shown), ...client }, shown);
}

/** `context use`. */
export async function useContext(name: string, out: Output): Promise<void> {
  const contexts = open(out);
  await mustExist(contexts, name);
  await contexts.use(name);
  out.note(`The context ${name} is in use now.`);
}

async function mustExist(contexts: Contexts, name: string): Promise<void> {
  if (!(await contexts.names()).includes(contextName(name))) throw noContext(name);
}

/** Names that differ in case only are one file on some systems. */
async function mustBeFree(contexts: Contexts, name: string): Promise<void> {
  const wanted = contextName(name).toLowerCase();
  const taken = (await contexts.names()).find((one) => one.toLowerCase() === wanted);
  if (taken !== undefined) throw new CommandError(exit.refused, 'conflict', `There is a context ${taken} already.`);
}

/** `context create`: with the server of `--server`, if that is given. The first one is in use at once. */
export async function createContext(name: string, { server }: Globals, out: Output): Promise<void> {
  const contexts = open(out);
  const record = server === undefined ? {} : { server: checkedServer(server, '--server', out) };
  await mustBeFree(contexts, name);
  const kept = await contexts.change(name, async (before) => ({
    record: before ?? record,
    answer: before === undefined,
  }));
  if (!kept) throw new CommandError(exit.refused, 'conflict', `There is a context ${name} already.`);
  const isFirst = (await contexts.inUse()) === undefined;
  if (isFirst) await contexts.use(name);
  out.note(`The context ${name} is there${isFirst ? ', and in use' : ''}.`);
}

function checkedServer(given: string, from: string, out: Output): string {
  const server = serverUrl(given, from);
  if (isReadable(server)) out.warn(`${server} is not encrypted: others on the way can read what is sent and answered`);
  return server;
}

/** `context delete`: ends its sign-in on the server first, or says that it could not. */
export async function deleteContext(name: string, out: Output): Promise<void> {
  const contexts = open(out);
  await mustExist(contexts, name);
  const remove = async (record: ContextRecord | undefined) => {
    if (record) await endSignIn(name, record, out);
    return { record: undefined, answer: undefined };
  };
  await contexts.change(name, remove).catch(async (error: unknown) => {
    if (!(error instanceof CommandError) || error.code !== 'bad_file') throw error;
    out.warn(`${error.message} What it was signed in with is not ended.`);
    await contexts.remove(name);
  });
  if ((await contexts.inUse()) === name) await contexts.use(undefined);
  out.note(`The context ${name} is deleted.`);
}

async function endSignIn(name: string, record: ContextRecord, out: Output): Promise<void> {
  const couldNot = (error: unknown) => out.warn(`the sign-in of ${name} could not be ended: ${reasonOf(error)}`);
  await endClientToken(record).catch(couldNot);
  if (!record.signIn) return;
  const outcome = await signOut(record.signIn);
  if (outcome.kind === 'failed') couldNot(outcome.error);
  if (outcome.kind === 'kept') {
    out.warn(`the token of ${name} is valid still: an API token is revoked with \`gatewarden auth token revoke NAME\``);
  }
}

/** `context rename`: the sign-in goes with it. */
export async function renameContext(from: string, to: string, out: Output): Promise<void> {
  const contexts = open(out);
  await mustExist(contexts, from);
  await mustBeFree(contexts, to);
  await contexts.change(from, async (record) => {
    if (record === undefined) throw noContext(from);
    await contexts.change(to, async () => ({ record, answer: undefined }));
    return { record: undefined, answer: undefined };
  });
  if ((await contexts.inUse()) === from) await contexts.use(to);
  out.note(`The context ${from} is called ${to} now.`);
}
