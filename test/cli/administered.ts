import { equal } from 'node:assert/strict';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { commandEnvironment, commandFrom, gatewardenCommand, type Ran } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword, type RunningGateway, startGateway } from '../support/gateway.ts';
import { anyMongod } from '../support/mongod.ts';
import { adaIsAdmin, errorOf } from '../support/person.ts';
import { type Started, start } from '../support/processes.ts';
import { startRedis } from '../support/redis.ts';

export type Thing = Record<string, unknown>;

/** An installation with the admin `ada`, and the command that administers it in one way. */
export interface Administered extends AsyncDisposable {
  run(args: readonly string[], input?: string): Promise<Ran>;
  /** Expects exit code 0, and returns what `-o json` printed. */
  done(args: readonly string[], input?: string): Promise<Thing>;
  listed(args: readonly string[]): Promise<readonly Thing[]>;
  /** Starts a command that goes on; it is stopped at the end of the scope. */
  start(args: readonly string[]): Started & AsyncDisposable;
  /** Expects this exit code, and returns the error that `-o json` printed. */
  refused(args: readonly string[], code: number, input?: string): Promise<Thing>;
}

type Settings = Readonly<Record<string, string>>;

function administered(settings: Settings, more: readonly string[], dispose: () => Promise<void>): Administered {
  const run = (args: readonly string[], input = '') => gatewardenCommand([...args, ...more], { settings, input });
  const json = (args: readonly string[], input?: string) => run([...args, '-o', 'json'], input);
  async function printed(args: readonly string[], input?: string) {
    const { code, stdout, stderr } = await json(args, input);
    equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout === '' ? {} : JSON.parse(stdout);
  }
  return {
    run,
    start(args) {
      const [program = '', ...line] = commandFrom([...args, ...more]);
      const started = start(program, line, { env: commandEnvironment({ settings }) });
      return Object.defineProperty(started as Started & AsyncDisposable, Symbol.asyncDispose, {
        value: () => started.stop(),
      });
    },
    done: printed,
    listed: printed,
    async refused(args, code, input) {
      const ran = await json(args, input);
      equal(ran.code, code, `${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
      return { ...errorOf(ran) };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** An access token, by a sign-in with the password of tests. */
export async function accessToken({ address }: Pick<RunningGateway, 'address'>, username = 'ada'): Promise<string> {
  const answer = await fetch(`${address}/_gatewarden/api/v1/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: adminPassword }),
  });
  equal(answer.status, 200);
  const { token } = (await answer.json()) as { token: string };
  return token;
}

/** Nothing listens there: what is administered is never asked. */
export const nowhere = 'http://127.0.0.1:9';

export async function throughServer(): Promise<Administered> {
  const gateway = await startGateway({ upstream: nowhere, settings: { ...adaIsAdmin, SIGNUP: 'invite' } });
  const settings = { SERVER: gateway.address, TOKEN: await accessToken(gateway) };
  return administered(settings, [], async () => gateway[Symbol.asyncDispose]());
}

export async function inSqlite(): Promise<Administered> {
  const folder = await temporaryFolder();
  const settings = { DATA_DIR: folder.path };
  await withAda(settings);
  return administered(settings, ['--local'], async () => folder[Symbol.asyncDispose]());
}

export async function inMongoAndRedis(): Promise<Administered> {
  const [folder, mongod, redis] = await Promise.all([temporaryFolder(), anyMongod(), startRedis()]);
  const settings = {
    DATA_DIR: folder.path,
    MONGODB_URL: mongod.url(`gatewarden_command_${process.pid}`),
    REDIS_URL: redis.url,
    SECRET_KEY: makeSecretKey(),
  };
  await withAda(settings);
  return administered(settings, ['--local'], async () => {
    await Promise.all([redis[Symbol.asyncDispose](), mongod.stop()]);
    await folder[Symbol.asyncDispose]();
  });
}

async function withAda(settings: Settings): Promise<void> {
  const args = ['superuser', '--username', 'ada', '--password-stdin'];
  const { code, stderr } = await gatewardenCommand(args, { settings, input: adminPassword });
  equal(code, 0, stderr);
}
