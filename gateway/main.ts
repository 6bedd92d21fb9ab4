import type { Settings } from 'gatewarden';
import { type InternalGate, openGate, setupNotice } from '#gate';
import { isExposed, type Resolved, redact, SettingsError } from '#settings';
import { gatewayApp } from './app.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type GatewayLog, gatewayLog } from './log.ts';
import { noteRunning } from './running.ts';
import { endLog, onStopSignals } from './signals.ts';

export { ListenError } from './server.ts';

export interface RunOptions {
  /** Shorter limits, for tests. */
  readonly limits?: Partial<Limits>;
  /** Drain on SIGTERM and SIGINT, end at once on a second one. Default true. */
  readonly signals?: boolean;
}

export interface RunningGateway {
  readonly address: Readonly<{ host: string; port: number }>;
  /** Where people reach it: `PUBLIC_URL`, or the address it listens on. */
  readonly url: string;
  /** Lets what runs finish, breaks off the rest after the deadline, closes the stores. */
  close(): Promise<void>;
  /** Resolves once it is closed, by whomever. */
  readonly closed: Promise<void>;
}

/**
 * Runs the gateway: opens the stores, listens, says so. Throws `SettingsError` where there is no upstream,
 * `ListenError` for an address that cannot be had, and what the stores throw when they cannot be opened.
 */
export async function runGateway(resolved: Resolved, options: RunOptions = {}): Promise<RunningGateway> {
  const { settings } = resolved;
  const { upstream } = settings;
  if (upstream === undefined)
    throw new SettingsError(['GATEWARDEN_UPSTREAM is required: the URL of the service behind the gateway.']);
  const limits = { ...defaultLimits, upstreamTimeout: settings.upstreamTimeout, ...options.limits };
  const out = gatewayLog(settings);
  const gate = await openGate(resolved, { log: out.log });
  const app = gatewayApp(gate, upstream, { log: out.log, limits });
  const address = await app.listen(settings.host, settings.port).catch(async (error: unknown) => {
    await gate.close();
    throw error;
  });
  const url = settings.publicUrl ?? `http://${hostInUrl(address.address)}:${address.port}`;
  const forgetRunning = noteRunning(settings);
  await announce(gate, out, { url, listening: `http://${hostInUrl(address.address)}:${address.port}` });
  return running(
    { app, gate, out, url, forgetRunning, address: { host: address.address, port: address.port } },
    options.signals ?? true,
  );
}

type Dependencies = Readonly<{
  app: { close(): Promise<void> };
  gate: InternalGate;
  out: GatewayLog;
  url: string;
  forgetRunning: () => void;
  address: { host: string; port: number };
}>;

function running({ app, gate, out, url, address, forgetRunning }: Dependencies, signals: boolean): RunningGateway {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;

  async function shutDown(): Promise<void> {
    await app.close();
    forgetRunning();
    await gate.close();
    stopListening();
    out.log.info({}, 'stopped');
    await endLog(out);
    resolve();
  }

  const close = () => (closing ??= shutDown());
  const stopListening = signals ? onStopSignals(out, close) : () => undefined;
  return { address, url, close, closed };
}

const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export type Mode = 'on' | 'auto-login' | 'off';

export function modeOf({ authEnabled, autoLogin }: Settings): Mode {
  if (!authEnabled) return 'off';
  return autoLogin ? 'auto-login' : 'on';
}

/** The line that says what this gateway is, the warnings that it deserves, and the way to the first admin. */
async function announce(
  gate: InternalGate,
  { log }: GatewayLog,
  { url, listening }: { url: string; listening: string },
): Promise<void> {
  const { settings } = gate;
  const { upstream, rules } = redact(settings);
  const stores = gate.describe();
  log.info({ mode: modeOf(settings), address: url, listening, upstream, stores, rules }, 'the gateway is listening');
  if (!settings.authEnabled && isExposed(settings)) warnLoudly(settings.host);
  const link = await gate.setupLink(`${url}${settings.prefix}`);
  if (link !== undefined) process.stderr.write(`\n${setupNotice(link)}\n\n`);
}

/** The package has warned of it in the log. */
function warnLoudly(host: string): void {
  const lines = [
    'AUTHENTICATION IS OFF, and this address is not loopback:',
    `anybody who reaches ${host} reaches the service behind it.`,
  ];
  const bar = '!'.repeat(72);
  process.stderr.write(`\n${[bar, ...lines, bar].join('\n')}\n\n`);
}
