import { toExplanationJson } from '#gate';
import {
  callerAskedAbout,
  type Explanation,
  explainHypothetically,
  type HypotheticalRequest,
  oneRoute,
  type RouteTable,
  requestAskedAbout,
  routePolicies,
} from '#request';
import type { Options, Resolved } from '#settings';
import { type RunningNote, readRunning } from '../../gateway/running.ts';
import { type LocalOptions, namesSetting, settingsOf } from '../environment.ts';
import { refusedBy, usage } from '../exit.ts';
import { onStoreOf, storeExists } from '../local.ts';
import type { Output } from '../output.ts';

export interface ExplainOptions extends LocalOptions {
  /** A username of the store, or a role. Default: anonymous, or the user of auto-login. */
  readonly as?: string;
  /** A rules text in place of those in force, for every host and path. */
  readonly rules?: string;
  /** A configuration file in place of what is in force. */
  readonly config?: string;
  /** The client's address. Default 127.0.0.1. */
  readonly from?: string;
}

/** What is explained by, and where it came from, in words. */
type Basis = Readonly<{ resolved: Resolved; routes: RouteTable; source: string }>;

/** `explain`: which rule decides on a request, and why. Asks no server and sends nothing. */
export async function explain(method: string, url: string, options: ExplainOptions, out: Output): Promise<void> {
  const { resolved, routes, source } = await basisOf(options);
  const asked = requestAskedAbout({ method, url }, resolved.settings);
  if (!asked.ok) throw usage(asked.refusal.detail ?? '');
  const by = await callerOf(resolved, options.as);
  const request = { ...asked.value, address: options.from ?? '127.0.0.1', by };
  show(request, await explainHypothetically(resolved, request, routes), source, out);
}

/**
 * By `--rules`, `--config`, the file or the rules that the environment names, those of the gateway that runs here, or the default: in
 * this order.
 */
async function basisOf(options: ExplainOptions): Promise<Basis> {
  const { rules, config } = options;
  if (rules !== undefined && config !== undefined) throw usage('Give --rules or --config, not both.');
  if (rules !== undefined) return byRules(settingsOf(options, 'gateway', { rules }), '--rules');
  if (config !== undefined) return byFile(settingsOf(options, 'gateway', { config }), config);
  const resolved = settingsOf(options, 'gateway');
  if (resolved.settings.config !== undefined) return byFile(resolved, 'GATEWARDEN_CONFIG');
  if (namesSetting(options, 'RULES')) return byRules(resolved, 'GATEWARDEN_RULES');
  const running = readRunning(resolved.settings.dataDir);
  if (running === undefined) return byRules(resolved, 'the default');
  const source = `the running gateway (pid ${running.pid})`;
  const inForce = settingsOf(options, 'gateway', givenBy(running));
  return inForce.settings.config === undefined ? byRules(inForce, source) : byFile(inForce, source);
}

/** The rules of the settings, for every host and path. */
function byRules(resolved: Resolved, source: string): Basis {
  return { resolved, routes: oneRoute(routePolicies(resolved)), source };
}

async function byFile(resolved: Resolved, source: string): Promise<Basis> {
  // Loaded on demand: without a file no YAML is read.
  const { routesOf } = await import('../../gateway/config/index.ts');
  return { resolved, routes: routesOf(resolved), source };
}

/** An absent setting is left out: `null` in JSON would be a value. */
const givenBy = ({ settings }: RunningNote): Options =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null));

async function callerOf(resolved: Resolved, as: string | undefined): Promise<HypotheticalRequest['by']> {
  const { settings, policies } = resolved;
  // Without a store there are roles all the same.
  const userNamed = async (name: string) =>
    storeExists(settings) ? onStoreOf(resolved, (gate) => gate.users.get(name)) : undefined;
  const caller = await callerAskedAbout(as, { userNamed, settings, ladder: policies.ladder });
  if (!caller.ok) throw refusedBy(caller.refusal, as ?? '');
  return caller.value;
}

function show(request: HypotheticalRequest, explanation: Explanation, source: string, out: Output): void {
  const { decision, status, reason, principal, steps, route = '', headers } = explanation;
  const rule = explanation.rule ? `line ${explanation.rule.line}: ${explanation.rule.text}` : '';
  const { method, target, host } = request;
  const who = principal.kind === 'anonymous' ? 'nobody' : `${principal.name} (${principal.role})`;
  const verdict = { decision, status, route, rule, reason };
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const because = { headers: sent.join('\n'), 'rules from': source, because: steps.join('\n') };
  const { name, ...told } = toExplanationJson(request, explanation);
  out.one(
    { request: `${method} ${target}`, host, as: who, ...verdict, ...because },
    { ...told, as: name, rule, rules_from: source },
  );
}
