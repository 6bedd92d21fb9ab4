import { readFile } from 'node:fs/promises';
import { temporaryFolder } from './folders.ts';
import { type Client, client } from './http.ts';
import { freePort } from './ports.ts';
import { type Started, start } from './processes.ts';
import { tokenIn } from './setup-link.ts';

export interface GatewayOptions {
  readonly upstream: string;
  /** More `GATEWARDEN_*` settings, without the prefix. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: a folder of its own. */
  readonly dataDir?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** More environment variables, whole names. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The real command, `gatewarden run`, in a process of its own. */
export interface RunningGateway {
  readonly process: Started;
  /** Such as `http://127.0.0.1:40123`. */
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** The printed link that makes the first admin. */
  setupLink(): Promise<string>;
  /** A new client without cookies. */
  client(): Client;
  /** Makes the first admin through the printed link, over HTTP, and gives the client that is signed in as them. */
  firstAdmin(username?: string, password?: string): Promise<Client>;
  /** Ends the process, and starts another on the same port and data. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Resident memory of the process in MB: now, and the most it ever was. */
  memory(): Promise<{ now: number; peak: number }>;
}

export const adminPassword = 'gulls over the breakwater';

/** A process's environment without any setting of ours in it. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEWARDEN_'));
  return Object.fromEntries(own);
}

/** Arguments with which Node runs the command from its sources; `--` keeps `--env-file` from Node itself. */
export const commandLine = ['--conditions=gatewarden-source', '--', 'cli/index.ts'];

export async function startGateway(options: GatewayOptions): Promise<RunningGateway & AsyncDisposable> {
  const folder = await temporaryFolder();
  const dataDir = options.dataDir ?? folder.path;
  const port = options.port ?? (await freePort());
  const given = { DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: String(port), ...options.settings };
  const settings = Object.entries(given).map(([name, value]) => [`GATEWARDEN_${name}`, value]);
  const env = { ...plainEnvironment(), ...Object.fromEntries(settings), ...options.env };

  async function launch(): Promise<Started> {
    const child = start(process.execPath, [...commandLine, 'run', '--upstream', options.upstream], { env });
    await child.printed(/the gateway is listening/, 60_000);
    return child;
  }

  let running = await launch();
  const address = `http://127.0.0.1:${port}`;
  const setupLink = async () => (await running.printed(/http:\/\/[^\s"]+\/setup#token=[^\s"]+/))[0];

  return {
    get process() {
      return running;
    },
    address,
    port,
    dataDir,
    setupLink,
    client: () => client(address),
    async firstAdmin(username = 'ada', password = adminPassword) {
      const link = new URL(await setupLink());
      const token = tokenIn(link.href);
      const admin = client(address);
      const made = await admin.form(link.pathname, { token, username, password });
      if (made.status !== 303) throw new Error(`the setup answered ${made.status}: ${await made.text()}`);
      return admin;
    },
    async restart(signal = 'SIGTERM') {
      await running.stop(signal);
      running = await launch();
    },
    memory: () => memoryOf(running.pid),
    async [Symbol.asyncDispose]() {
      await running.stop('SIGTERM');
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}
