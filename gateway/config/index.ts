import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { oneRoute, type RouteTable, routePolicies, routesByHost } from '#request';
import { type Resolved, SettingsError } from '#settings';
import { builtRoutes } from './build-route.ts';
import { checkBetweenRoutes } from './check-between.ts';
import { checkSignIn } from './check-sign-in.ts';
import { type Problem, sentences } from './place.ts';
import { type ReadRoute, readRoute } from './read-route.ts';
import type { GatewayConfig } from './route-config.ts';
import { failedTests } from './rule-tests.ts';
import { fileSchema } from './schema.ts';
import { messageOfKind, schemaProblems } from './schema-problems.ts';
import { readYaml, type WrittenFile } from './written-file.ts';

export { type Reloads, reloadOnChange } from './reload.ts';

/** The largest file that is read, in bytes. */
const largest = 1024 * 1024;

/** Routes are read until this many problems are found. */
const enoughProblems = 500;

/**
 * Reads the configuration file and checks it, apart from its rule tests (`failedTests`).
 * @throws SettingsError with every problem: `gatewarden.yaml:12:5: host: must be …`
 */
export function readGatewayConfig(file: string, resolved: Resolved): GatewayConfig {
  return configIn(textOf(file), file, resolved);
}

/** As `readGatewayConfig`, of the text that `file` has. */
export function configIn(text: string, file: string, resolved: Resolved): GatewayConfig {
  const read = readYaml(text);
  if (!read.ok) throw new SettingsError(sentences(file, read.problems));
  const [problems, warnings]: [Problem[], Problem[]] = [[], []];
  const { signIn, routes } = readRoutes(read.file, { resolved, folder: dirname(file), problems, warnings });
  if (problems.length > 0) throw new SettingsError(sentences(file, problems));
  return Object.freeze({
    file,
    digest: createHash('sha256').update(text).digest('base64url'),
    signIn,
    routes: Object.freeze(routes.flatMap((route) => builtRoutes(route, resolved, dirname(file)))),
    warnings: Object.freeze(sentences(file, warnings)),
  });
}

/**
 * Reads the configuration file, checks it and runs its rule tests.
 * @throws SettingsError with every problem; with every test that fails when there is no other
 */
export async function checkedGatewayConfig(file: string, resolved: Resolved): Promise<GatewayConfig> {
  const config = readGatewayConfig(file, resolved);
  const failed = await failedTests(config.routes, resolved, routesOf(resolved, config));
  if (failed.length > 0) throw new SettingsError(sentences(file, failed));
  return config;
}

/**
 * The routes that a gateway with these settings has: those of the configuration file, and that of `UPSTREAM` for the hosts that
 * the file does not name. Without a file, the one of `UPSTREAM`. `config`: default, the file that `CONFIG` names.
 * @throws SettingsError with every problem of the file
 */
export function routesOf(resolved: Resolved, config: GatewayConfig | undefined = configOf(resolved)): RouteTable {
  if (config === undefined) return oneRoute(routePolicies(resolved));
  return routesByHost(config.routes, resolved.settings.upstream === undefined ? undefined : routePolicies(resolved));
}

const configOf = (resolved: Resolved): GatewayConfig | undefined =>
  resolved.settings.config === undefined ? undefined : readGatewayConfig(resolved.settings.config, resolved);

function textOf(file: string): string {
  const bytes = contentOf(file);
  if (bytes.length > largest) throw new SettingsError([`GATEWARDEN_CONFIG: "${file}" is larger than 1 MiB`]);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SettingsError([`GATEWARDEN_CONFIG: "${file}" is no UTF-8 text`], { cause: error });
  }
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new SettingsError([`GATEWARDEN_CONFIG: "${file}" cannot be read (${code})`], { cause: error });
  }
}

type Context = Readonly<{ resolved: Resolved; folder: string; problems: Problem[]; warnings: Problem[] }>;

function readRoutes(
  file: WrittenFile,
  context: Context,
): Pick<GatewayConfig, 'signIn'> & { routes: readonly ReadRoute[] } {
  const { problems, warnings } = context;
  const { value } = file;
  const parsed = fileSchema.safeParse(value, { error: messageOfKind });
  if (!parsed.success) problems.push(...schemaProblems(parsed.error, { value, path: [], file }));
  const routes: ReadRoute[] = [];
  for (const [index, route] of listIn(value).entries()) {
    if (problems.length >= enoughProblems) break;
    routes.push(readRoute(route, index, { ...context, file }));
  }
  checkBetweenRoutes(routes, problems, warnings);
  const signIn = parsed.data?.sign_in ?? 'each-host';
  checkSignIn(signIn, routes, { ...context, file });
  return { signIn, routes };
}

/** The routes of a file that may have other problems. */
function listIn(value: unknown): readonly unknown[] {
  const routes: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'routes') : undefined;
  return Array.isArray(routes) ? routes : [];
}
