import type { Log, Settings } from 'gatewarden';
import { type InternalGate, openGate, setupNotice } from '#gate';
import { routePolicies } from '#request';
import { isExposed, type Resolved, redact, SettingsError } from '#settings';
import { type App, gatewayApp } from './app.ts';
import type { Reloads } from './config/index.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { certificateWarnings, type KeyPair, readKeyPair, tlsFilesOf } from './listener/key-pair.ts';
import { type GatewayLog, gatewayLog } from './log.ts';
import { type Routing, routingOf } from './routes/routing.ts';
import { noteRunning } from './running.ts';
import { endLog, onReloadSignal, onStopSignals } from './signals.ts';

export { ListenError } from './server.ts';

/** Options of `runGateway`. */
export interface RunOptions {
  /** Shorter limits, for tests. */
  readonly limits?: Partial<Limits>;
  /** Whether SIGTERM and SIGINT close the gateway, and a second one ends the process. Default: true. */
  readonly signals?: boolean;
}

/** A gateway that listens. */
export interface RunningGateway {
  readonly address: Readonly<{ host: string; port: number }>;
  /** `PUBLIC_URL`, or else the address that it listens on. */
  readonly url: string;
  /** Lets running requests finish, breaks off the rest after the deadline, and closes the stores. */
  close(): Promise<void>;
  /** Resolves once the gateway is closed, by `close` or a signal. */
  readonly closed: Promise<void>;
}

/**
 * Runs the gateway: opens the stores, listens, and logs that it does. Rejects with `SettingsError` when it has neither an upstream
 * nor front proxies to answer, and with every problem of the configuration file, with `ListenError` when the address cannot be
 * listened on, and with the store's error when one cannot be opened.
 */
export async function runGateway(resolved: Resolved, options: RunOptions = {}): Promise<RunningGateway> {
  const { settings } = resolved;
  const routing = await routingFor(resolved);
  const limits = { ...defaultLimits, upstreamTimeout: settings.upstreamTimeout, ...options.limits };
  const out = gatewayLog(settings);
  const scheme = readCertificate(settings, out.log) === undefined ? 'http' : 'https';
  // The pages are there before the server that they tell of.
  let serving: Pick<App, 'upstreams'> | undefined;
  const upstreams = async () => (await serving?.upstreams()) ?? [];
  const gate = await openGate(resolved, { log: out.log, routes: routing.table, signIn: routing.signIn, upstreams });
  const { app, address } = await listening(gate, routing, { log: out.log, limits }).catch(async (error: unknown) => {
    await gate.close();
    throw error;
  });
  serving = app;
  const url = settings.publicUrl ?? `${scheme}://${hostInUrl(address.address)}:${address.port}`;
  const forgetRunning = noteRunning(settings);
  const link = await gate.setupLink(`${url}${settings.prefix}`);
  const reloads = await reloadsOf(resolved, { app, routing, out });
  const gateway = running(
    { app, gate, out, url, forgetRunning, reloads, address: { host: address.address, port: address.port } },
    options.signals ?? true,
  );
  // Who reads that it listens may send a signal at once.
  announce(gate, out, { url, listening: `${scheme}://${hostInUrl(address.address)}:${address.port}`, link, routing });
  return gateway;
}

async function listening(gate: InternalGate, routing: Routing, options: { log: GatewayLog['log']; limits: Limits }) {
  const { settings } = gate;
  const app = gatewayApp(gate, settings.upstream, { ...options, routing });
  return { app, address: await app.listen(settings.host, settings.port) };
}

/** The routes of the configuration file and of `UPSTREAM`; without both, the rules by which forward-auth decides. */
async function routingFor(resolved: Resolved): Promise<Routing> {
  const { upstream, config, trustedProxies } = resolved.settings;
  if (upstream === undefined && config === undefined && trustedProxies.length === 0) {
    throw new SettingsError([
      'GATEWARDEN_UPSTREAM is required: the URL of the service behind the gateway. For several services set GATEWARDEN_CONFIG, a file that names them. A gateway that only answers front proxies needs neither: set GATEWARDEN_TRUSTED_PROXIES.',
    ]);
  }
  // Without any upstream, RULES are for the front proxies that ask.
  const own = upstream === undefined && config !== undefined ? undefined : routePolicies(resolved);
  if (config === undefined) return routingOf(own);
  // Loaded on demand: a gateway with one upstream needs no YAML.
  const { checkedGatewayConfig } = await import('./config/index.ts');
  return routingOf(own, await checkedGatewayConfig(config, resolved));
}

/** Puts the configuration file in force again when it changes; undefined when there is none. */
async function reloadsOf(resolved: Resolved, { app, routing, out }: ReloadOptions): Promise<Reloads | undefined> {
  const first = routing.config();
  if (first === undefined) return undefined;
  const { checkedGatewayConfig, reloadOnChange } = await import('./config/index.ts');
  const read = () => checkedGatewayConfig(first.file, resolved);
  return reloadOnChange({ first, read, apply: app.apply, log: out.log });
}

type ReloadOptions = Readonly<{ app: Pick<App, 'apply'>; routing: Routing; out: GatewayLog }>;

/** Reads the certificate before any store is opened, and warns of what browsers will refuse in it. */
function readCertificate(settings: Settings, log: Log): KeyPair | undefined {
  const files = tlsFilesOf(settings);
  if (files === undefined) return undefined;
  const pair = readKeyPair(files);
  for (const warning of certificateWarnings(pair, settings, Date.now())) log.warn({}, warning);
  return pair;
}

type Dependencies = Readonly<{
  app: { close(): Promise<void> };
  gate: InternalGate;
  out: GatewayLog;
  url: string;
  forgetRunning: () => void;
  reloads: Reloads | undefined;
  address: { host: string; port: number };
}>;

function running(
  { app, gate, out, url, address, forgetRunning, reloads }: Dependencies,
  signals: boolean,
): RunningGateway {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;

  async function shutDown(): Promise<void> {
    reloads?.close();
    await app.close();
    forgetRunning();
    await gate.close();
    stopListening();
    out.log.info({}, 'stopped');
    await endLog(out);
    resolve();
  }

  const close = () => (closing ??= shutDown());
  const stops = signals ? [onStopSignals(out, close), onReloadSignal(reloads)] : [];
  const stopListening = () => stops.forEach((stop) => void stop());
  return { address, url, close, closed };
}

const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export type Mode = 'on' | 'auto-login' | 'off';

export function modeOf({ authEnabled, autoLogin }: Settings): Mode {
  if (!authEnabled) return 'off';
  return autoLogin ? 'auto-login' : 'on';
}

/** Logs what this gateway is and how it is configured, and prints the setup link, which there is while there is no admin. */
function announce(
  gate: InternalGate,
  { log }: GatewayLog,
  { url, listening, link, routing }: { url: string; listening: string; link: string | undefined; routing: Routing },
): void {
  const { settings } = gate;
  const { upstream, rules } = redact(settings);
  const stores = gate.describe();
  const config = routing.config();
  const routes = config?.routes.map(({ name }) => name);
  log.info(
    { mode: modeOf(settings), address: url, listening, upstream, routes, stores, rules },
    'the gateway is listening',
  );
  for (const warning of config?.warnings ?? []) log.warn({ file: config?.file }, warning);
  if (!settings.authEnabled && isExposed(settings)) warnLoudly(settings.host);
  if (link !== undefined) process.stderr.write(`\n${setupNotice(link)}\n\n`);
}

/** Printed besides the warning in the log. */
function warnLoudly(host: string): void {
  const lines = [
    'AUTHENTICATION IS OFF, and this address is not loopback:',
    `anybody who reaches ${host} reaches the service behind it.`,
  ];
  const bar = '!'.repeat(72);
  process.stderr.write(`\n${[bar, ...lines, bar].join('\n')}\n\n`);
}
