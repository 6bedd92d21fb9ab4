import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { noBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { freePort, listening } from '../support/ports.ts';
import type { Started } from '../support/processes.ts';
import { type Command, runCommand } from './clients.ts';
import { type Installed, ownEnvironment } from './install.ts';
import { browserOnDemand, memberTokens, signsIn, type Tokens } from './people.ts';

/** How a service was tried: a column of the table each. */
export const ways = ['browser', 'command line', 'socket or stream'] as const;
export type Way = (typeof ways)[number];

/** What a service is started with: a free port, an empty folder of its own and an environment with it as home. */
type Given = Readonly<{ port: number; folder: string; installed: string; env: NodeJS.ProcessEnv }>;

export interface ServiceOptions {
  /** As the table calls it. */
  readonly name: string;
  readonly installed: Installed;
  /** The `GATEWARDEN_*` settings that it needs, without the prefix. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What the service or its clients have to be told, a sentence each; Markdown. */
  readonly needs?: readonly string[];
  /** Where it listens, and settings that go with it. Default: `http://127.0.0.1` and the port. */
  at?(given: Given): Readonly<{ upstream: string; socket?: string; settings?: Readonly<Record<string, string>> }>;
  /** Starts it on loopback. */
  start(given: Given): Started | Promise<Started>;
}

/** What a test of a service uses. */
export interface Tried extends Tokens {
  readonly gateway: RunningGateway;
  /** Such as `http://127.0.0.1:40123`, without a slash at the end. */
  readonly address: string;
  /** The address of the service itself, without the gateway. */
  readonly upstream: string;
  /** An empty folder of the service's, and what is installed. */
  readonly folder: string;
  readonly installed: string;
  /** A page on which `grace` signs in at the gateway and arrives at `path`. */
  signedIn(path?: string): Promise<Page>;
  /** Runs a client in `folder`, which is its home too. */
  readonly command: Command;
}

export interface Service {
  /** A test of the service behind the gateway; its title stands in the table when it passed. */
  tries(way: Way, title: string, body: (tried: Tried) => Promise<void>): void;
}

/** What became of a service, as the runner reads it: a row of the table, or why it was not tried. */
export type Outcome =
  | Readonly<{
      kind: 'tried';
      name: string;
      version: string;
      from: string;
      tried: readonly Readonly<{ way: Way; title: string }>[];
      settings: Readonly<Record<string, string>>;
      needs: readonly string[];
    }>
  | Readonly<{ kind: 'missing'; name: string; why: string }>;

export type Row = Extract<Outcome, { kind: 'tried' }>;

const testLimit = 120_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** Starts the service and a gateway in front of it before the tests of a file, and stops both after them. */
export function service(options: ServiceOptions): Service {
  const { installed } = options;
  const skip = installed.kind === 'missing' ? installed.why : noBrowser;
  const passed: { way: Way; title: string }[] = [];
  let running: Running | undefined;
  before(
    async () => {
      if (!skip && installed.kind === 'installed') running = await startBoth(options, installed.folder);
    },
    { timeout: testLimit },
  );
  after(
    async () => {
      await running?.stop();
      await keep(outcomeOf(options, passed));
    },
    { timeout: 60_000 },
  );
  return {
    tries(way, title, body) {
      test(`${options.name}, ${way}: ${title}`, { skip, timeout: testLimit }, async () => {
        if (running === undefined) throw new Error(`${options.name} did not start`);
        try {
          await body(running.tried);
          passed.push({ way, title });
        } catch (error) {
          console.error(running.printed());
          throw error;
        }
      });
    },
  };
}

function outcomeOf({ name, installed, settings = {}, needs = [] }: ServiceOptions, tried: Row['tried']): Outcome {
  if (installed.kind === 'missing') return { kind: 'missing', name, why: installed.why };
  if (noBrowser) return { kind: 'missing', name, why: noBrowser };
  const { version, from } = installed;
  return { kind: 'tried', name, version, from, tried, settings, needs };
}

async function keep(outcome: Outcome): Promise<void> {
  const folder = process.env.SERVICE_OUTCOMES;
  const file = `${encodeURIComponent(outcome.name)}.json`;
  if (folder !== undefined) await writeFile(join(folder, file), JSON.stringify(outcome));
}

type Running = Readonly<{ tried: Tried; printed(): string; stop(): Promise<void> }>;

/** Stops what it has started when a later part does not start. */
async function startBoth(options: ServiceOptions, installed: string): Promise<Running> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await temporaryFolder()).path;
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const given: Given = { port, folder, installed, env: ownEnvironment({ HOME: folder }) };
  const { upstream, socket, settings } = options.at?.(given) ?? { upstream: `http://127.0.0.1:${port}` };
  const child = parts.adopt(await options.start(given), end);
  await answering(options.name, child, socket === undefined ? listening(port, 60_000) : existing(socket, 60_000));
  const all = { ...options.settings, ...settings };
  const gateway = parts.use(await startGateway({ upstream, port: gatewayPort, settings: all }));
  const { address } = gateway;
  const tokens = await memberTokens(gateway);
  const signedIn = signsIn(address, parts.use(browserOnDemand()));
  const tried: Tried = {
    gateway,
    address,
    upstream,
    folder,
    installed,
    ...tokens,
    signedIn,
    command: runCommand(folder),
  };
  const printed = () =>
    [gateway.process, child].map((one) => `${one.stdout}${one.stderr}`.slice(-3000)).join('\n---\n');
  const kept = parts.move();
  return { tried, printed, stop: () => kept.disposeAsync() };
}

/** Resolves with `ready`; rejects with what the service printed when it ends before. */
async function answering(name: string, child: Started, ready: Promise<void>): Promise<void> {
  const ended = child.ended.then((code) => {
    throw new Error(`${name} ended with ${code}:\n${child.stdout}${child.stderr}`);
  });
  ended.catch(() => undefined);
  await Promise.race([ready, ended]);
}

/** Resolves once there is a file of this name; rejects when there is none within `ms`. */
async function existing(path: string, ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (!existsSync(path)) {
    if (Date.now() > end) throw new Error(`there is no ${path}`);
    await wait(20);
  }
}

async function end(child: Started): Promise<void> {
  const slow = setTimeout(() => void child.stop('SIGKILL'), 10_000);
  await child.stop();
  clearTimeout(slow);
}
