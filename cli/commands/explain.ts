import type { UserView } from 'gatewarden';
import { type Explanation, explainHypothetically, type HypotheticalRequest } from '#request';
import type { Options, Resolved } from '#settings';
import { type RunningNote, readRunning } from '../../gateway/running.ts';
import { type LocalOptions, namesSetting, settingsOf } from '../environment.ts';
import { refusedBy, usage } from '../exit.ts';
import { onStoreOf, storeExists } from '../local.ts';
import type { Output } from '../output.ts';

export interface ExplainOptions extends LocalOptions {
  /** A username of the store. Default: anonymous, or the user of auto-login. */
  readonly as?: string;
  /** A rules text in place of those in force. */
  readonly rules?: string;
  /** The client's address. Default 127.0.0.1. */
  readonly from?: string;
}

/** What is explained by, and where the rules came from, in words. */
type Basis = Readonly<{ resolved: Resolved; source: string }>;

/** `explain`: which rule decides on a request, and why. Asks no server and sends nothing. */
export async function explain(method: string, url: string, options: ExplainOptions, out: Output): Promise<void> {
  if (!/^[A-Z-]+$/.test(method)) throw usage('The method is written in capitals, such as GET.');
  if (!/^[\x21-\x7e]+$/.test(url)) throw usage('A URL holds visible ASCII characters only: encode what is none.');
  const { resolved, source } = basisOf(options);
  const { target, host } = requestOf(url, resolved);
  const by = await whoOf(resolved, options.as);
  const request = { method, target, host, address: options.from ?? '127.0.0.1', by };
  show(request, await explainHypothetically(resolved, request), source, out);
}

/**
 * By `--rules`, the rules that the environment names, those of the gateway that runs here, or the default: in this order.
 */
function basisOf(options: ExplainOptions): Basis {
  if (options.rules !== undefined) {
    return { resolved: settingsOf(options, 'gateway', { rules: options.rules }), source: '--rules' };
  }
  const resolved = settingsOf(options, 'gateway');
  const running = readRunning(resolved.settings.dataDir);
  if (namesSetting(options, 'RULES')) return { resolved, source: 'GATEWARDEN_RULES' };
  if (running === undefined) return { resolved, source: 'the default' };
  const source = `the running gateway (pid ${running.pid})`;
  return { resolved: settingsOf(options, 'gateway', givenBy(running)), source };
}

/** An absent setting is left out: `null` in JSON would be a value. */
const givenBy = ({ settings }: RunningNote): Options =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null));

/** The target as it would be sent: nothing of it is tidied, since what is decided on is what is written. */
function requestOf(url: string, { settings }: Resolved): Readonly<{ target: string; host: string }> {
  const [, named, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const host = named ?? (settings.publicUrl === undefined ? 'localhost' : new URL(settings.publicUrl).host);
  const target = rest ?? url;
  return { host, target: target.startsWith('/') ? target : `/${target}` };
}

async function whoOf(resolved: Resolved, name: string | undefined): Promise<HypotheticalRequest['by']> {
  const { autoLogin, autoLoginUser, superuser, autoLoginRole } = resolved.settings;
  if (name !== undefined) return { user: activeUser(await userOf(resolved, name), name), via: 'session' };
  if (!autoLogin || !storeExists(resolved.settings)) return undefined;
  const user = await userOf(resolved, autoLoginUser ?? superuser ?? 'local');
  return user?.active ? { user, via: 'auto-login', ceiling: autoLoginRole } : undefined;
}

const userOf = (resolved: Resolved, name: string): Promise<UserView | undefined> =>
  onStoreOf(resolved, (gate) => gate.users.get(name));

function activeUser(user: UserView | undefined, name: string): UserView {
  if (!user) throw refusedBy({ code: 'not_found', detail: 'There is no such user.' }, name);
  if (!user.active) throw refusedBy({ code: 'account_disabled', detail: 'This user may not sign in.' }, name);
  return user;
}

function show(request: HypotheticalRequest, explanation: Explanation, source: string, out: Output): void {
  const { decision, status, reason, principal, steps } = explanation;
  const rule = explanation.rule ? `line ${explanation.rule.line}: ${explanation.rule.text}` : '';
  const { method, target, host } = request;
  const who = principal.kind === 'anonymous' ? 'nobody' : `${principal.name} (${principal.role})`;
  const verdict = { decision, status, rule, reason };
  out.one(
    { request: `${method} ${target}`, host, as: who, ...verdict, 'rules from': source, because: steps.join('\n') },
    { method, target, host, as: principal.name || null, role: principal.role, ...verdict, rules_from: source, steps },
  );
}
