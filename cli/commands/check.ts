import type { Settings } from 'gatewarden';
import type { Survey } from '#gate';
import { redact, warningsOf } from '#settings';
import {
  certificateWarnings,
  describeCertificate,
  type KeyPair,
  readKeyPair,
  tlsFilesOf,
} from '../../gateway/listener/key-pair.ts';
import { modeOf } from '../../gateway/main.ts';
import { probeUpstream, type UpstreamProbe } from '../../gateway/probe-upstream.ts';
import { type LocalOptions, settingsOf } from '../environment.ts';
import { CommandError, exit } from '../exit.ts';
import type { Output } from '../output.ts';
import { type CheckedConfig, checkConfig, configShown, targetShown } from './check-config.ts';

export interface CheckOptions extends LocalOptions {
  readonly upstream?: string;
  readonly config?: string;
}

type Upstream = Readonly<{ url: string }> & UpstreamProbe;

/**
 * `check`: reads the configuration, runs the tests of rules in the file, reaches the stores and every upstream, says what `run` would do. Makes nothing: a store
 * that is not there yet is said to be made by the first start. Exit 5 for bad configuration, 2 for what cannot be reached.
 */
export async function check(options: CheckOptions, out: Output): Promise<void> {
  const resolved = settingsOf(options, 'gateway', { upstream: options.upstream, config: options.config });
  const { settings } = resolved;
  const certificate = certificateOf(settings);
  const { readBrand, surveyStores } = await import('#gate');
  readBrand(settings);
  const [stores, upstream, config] = await Promise.all([
    surveyStores(settings),
    reachUpstream(settings),
    checkConfig(resolved),
  ]);
  const ofCertificate = certificate === undefined ? [] : certificateWarnings(certificate, settings, Date.now());
  const warnings = [
    ...warningsOf(settings),
    ...ofCertificate,
    ...(config?.warnings ?? []),
    ...circumstances(settings, stores, upstream),
  ];
  show(
    { settings, stores, upstream, config, warnings, certificate: certificate && describeCertificate(certificate) },
    out,
  );
  const failed = [...stores.stores, ...(upstream ? [upstream] : []), ...(config?.targets ?? [])].filter(
    (one) => !one.ok,
  );
  if (failed.length === 0) return;
  const problems = failed.map(
    (one) => `${'url' in one ? one.url : one.store}: ${'problem' in one ? one.problem : 'no answer'}`,
  );
  throw new CommandError(exit.unreachable, 'unreachable', 'Not everything can be reached.', problems);
}

function certificateOf(settings: Settings): KeyPair | undefined {
  const files = tlsFilesOf(settings);
  return files === undefined ? undefined : readKeyPair(files);
}

async function reachUpstream({ upstream, upstreamCa }: Settings): Promise<Upstream | undefined> {
  if (upstream === undefined) return undefined;
  return { url: upstream, ...(await probeUpstream(upstream, { ca: upstreamCa })) };
}

/** `reached: HTTP/1.1 200, TLSv1.3`, or why not. */
function upstreamShown(upstream: Upstream): string {
  if (!upstream.ok) return `${upstream.url}, not reached: ${upstream.problem}`;
  const { url, status, httpVersion, tls } = upstream;
  return [`${url}, reached: HTTP/${httpVersion} ${status}`, ...(tls === undefined ? [] : [tls])].join(', ');
}

/** What deserves a word here and now, besides what every start warns of. */
function circumstances(settings: Settings, stores: Survey, upstream: Upstream | undefined): readonly string[] {
  const all: readonly (string | false)[] = [
    settings.authEnabled &&
      settings.autoLogin &&
      `requests without a credential act as a signed-in ${settings.autoLoginRole}`,
    upstream === undefined &&
      settings.config === undefined &&
      'there is no upstream: `gatewarden run` needs GATEWARDEN_UPSTREAM, or GATEWARDEN_CONFIG for several',
    settings.authEnabled &&
      stores.adminNeeded &&
      'there is no admin yet: the start prints a link that makes the first one',
  ];
  return all.filter((one) => one !== false);
}

/** Groups what is stored in the same place: `users and sessions: sqlite (…)`. */
function placesShown(places: Survey['places']): readonly string[] {
  const shown = Map.groupBy(Object.entries(places), ([, place]) => place);
  return [...shown].map(([place, held]) => `${held.map(([what]) => what).join(' and ')}: ${place}`);
}

type CheckResult = Readonly<{
  settings: Settings;
  stores: Survey;
  upstream: Upstream | undefined;
  config: CheckedConfig | undefined;
  warnings: readonly string[];
  certificate: ReturnType<typeof describeCertificate> | undefined;
}>;

function show({ settings, stores, upstream, config, warnings, certificate }: CheckResult, out: Output): void {
  const scheme = certificate === undefined ? 'http' : 'https';
  const address = settings.publicUrl ?? `${scheme}://${settings.host}:${settings.port}`;
  const mode = modeOf(settings);
  const state = (one: { ok: boolean; problem?: string }) => (one.ok ? 'reached' : `not reached: ${one.problem}`);
  const row = {
    mode: mode === 'off' ? 'off' : mode === 'on' ? 'sign-in' : 'auto-login',
    address: `${address}${settings.prefix}`,
    stores: [...placesShown(stores.places), ...stores.stores.map((one) => `${one.store} ${state(one)}`)].join(', '),
    upstream: upstream === undefined ? 'none' : upstreamShown(upstream),
    ...(config && { config: configShown(config), targets: config.targets.map(targetShown).join('; ') }),
    ...(certificate && { certificate: `${certificate.names}, until ${certificate.validUntil}` }),
    rules: settings.rules.trim().replace(/\s*\n\s*/g, '; '),
    warnings: warnings.length === 0 ? 'none' : warnings.join('; '),
  };
  out.one(row, {
    mode,
    address,
    stores: stores.stores,
    places: stores.places,
    upstream,
    config,
    certificate,
    warnings,
    settings: redact(settings),
  });
}
