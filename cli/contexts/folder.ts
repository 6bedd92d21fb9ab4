import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CommandError, exit, reasonOf, usage } from '../exit.ts';
import { writeWhole } from '../whole-file.ts';
import { withLock } from './lock.ts';
import { badFile, codeOf, exposure, readPrivate } from './private-file.ts';
import { type ContextRecord, recordIn, recordText } from './record.ts';

/** What becomes of a context: `record` is kept, `undefined` removes it. */
export type Changed<T> = Readonly<{ record: ContextRecord | undefined; answer: T }>;

/** The contexts of a user, one file for each. */
export interface Contexts {
  /** Names, sorted. */
  names(): Promise<string[]>;
  /** The name of the context in use; `undefined` when none was chosen. */
  inUse(): Promise<string | undefined>;
  /** Chooses the context in use; `undefined` chooses none. */
  use(name: string | undefined): Promise<void>;
  read(name: string): Promise<ContextRecord | undefined>;
  /** Removes the file of a context, whatever it holds. */
  remove(name: string): Promise<void>;
  /** Changes a context while no other command does. What `decide` throws leaves it as it was. */
  change<T>(name: string, decide: (record: ContextRecord | undefined) => Promise<Changed<T>>): Promise<T>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of the command: `$XDG_CONFIG_HOME/gatewarden`, or `~/.config/gatewarden`. A relative path there counts as none. */
export function configFolder(env: Environment): string {
  const base = env.XDG_CONFIG_HOME;
  return join(base && isAbsolute(base) ? base : join(env.HOME || homedir(), '.config'), 'gatewarden');
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Returns the name of a context, or throws with exit code 5. */
export function contextName(name: string): string {
  if (namePattern.test(name)) return name;
  throw usage(
    `The name of a context is 1 to 63 letters, digits, dots, dashes and underscores: ${JSON.stringify(name)} is none.`,
  );
}

export function openContexts(env: Environment, warn: (text: string) => void): Contexts {
  const folder = configFolder(env);
  const files = join(folder, 'contexts');
  const chosen = join(folder, 'current');
  const pathOf = (name: string) => join(files, `${contextName(name)}.json`);
  let looked = false;

  async function lookAtFolder(): Promise<void> {
    if (looked) return;
    looked = true;
    for (const path of [folder, files]) {
      const stats = await stat(path).catch(() => undefined);
      const mode = stats && exposure(stats);
      if (mode) warn(`${path} ${mode}: chmod 700 ${path}`);
    }
  }

  async function read(name: string): Promise<ContextRecord | undefined> {
    const path = pathOf(name);
    await lookAtFolder();
    const text = await readPrivate(path, warn);
    return text === undefined ? undefined : recordOf(text, path, name);
  }

  async function names(): Promise<string[]> {
    const found = await readdir(files).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
      throw badFile(files, `cannot be read (${codeOf(error)})`, `See who may read it: ls -ld ${files}`);
    });
    return found
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .filter((name) => namePattern.test(name))
      .sort();
  }

  async function inUse(): Promise<string | undefined> {
    const name = (await readPrivate(chosen, warn))?.trim();
    if (name === undefined || namePattern.test(name)) return name;
    throw badFile(chosen, 'does not hold the name of a context', 'Choose one: gatewarden context use NAME');
  }

  return {
    names,
    inUse,
    read,
    use: (name) =>
      writing(folder, async () => {
        await makeFolder(files);
        if (name === undefined) await rm(chosen, { force: true });
        else await writeWhole(chosen, async (file) => void (await file.write(`${contextName(name)}\n`)));
      }),
    remove: (name) => writing(folder, () => rm(pathOf(name), { force: true })),
    async change(name, decide) {
      const path = pathOf(name);
      await writing(folder, () => makeFolder(files));
      const lock = join(files, `${name}.lock`);
      return locked(folder, lock, async () => {
        const { record, answer } = await decide(await read(name));
        await writing(folder, () => keep(path, lock, record));
        return answer;
      });
    },
  };
}

async function keep(path: string, lock: string, record: ContextRecord | undefined): Promise<void> {
  if (record) return writeWhole(path, async (file) => void (await file.write(recordText(record))));
  await rm(path, { force: true });
  await rm(lock, { force: true });
}

function recordOf(text: string, path: string, name: string): ContextRecord {
  const record = recordIn(text);
  if (record === 'newer') throw badFile(path, 'was written by a newer gatewarden', 'Use that version.');
  if (record !== 'damaged') return record;
  throw badFile(path, 'is damaged', `Remove it, and sign in again: gatewarden context delete ${name}`);
}

async function makeFolder(files: string): Promise<void> {
  await mkdir(files, { recursive: true, mode: 0o700 });
}

function locked<T>(folder: string, lock: string, act: () => Promise<T>): Promise<T> {
  let began = false;
  return withLock(lock, () => {
    began = true;
    return act();
  }).catch((error: unknown) => {
    throw began || error instanceof CommandError ? error : notWritable(folder, error);
  });
}

async function writing<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw notWritable(folder, error);
  }
}

/** The error for a folder in which nothing can be kept. */
const notWritable = (folder: string, error: unknown): CommandError =>
  new CommandError(
    exit.usage,
    'not_writable',
    `Nothing can be kept in ${folder}: ${reasonOf(error)}`,
    [],
    'Set XDG_CONFIG_HOME to a folder that you may write to, or use GATEWARDEN_TOKEN, which needs none.',
  );
