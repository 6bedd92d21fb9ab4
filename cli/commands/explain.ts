import type { Principal, Settings } from 'gatewarden';
import { decideRules, ladder, parseRules, ruleTable, scopeTable } from '#request';
import { loadSettings, SettingsError } from '#settings';
import { readEnvironment } from '../environment.ts';
import { refusedBy, usage } from '../exit.ts';
import { type LocalOptions, onStore } from '../local.ts';
import type { Output } from '../output.ts';

export interface ExplainOptions extends LocalOptions {
  /** A username of the store. */
  readonly as?: string;
}

/** `explain`: which rule of the settings decides on a request, and why. Asks no server and sends nothing. */
export async function explain(method: string, url: string, options: ExplainOptions, out: Output): Promise<void> {
  if (!/^[A-Z-]+$/.test(method)) throw usage('The method is written in capitals, such as GET.');
  readEnvironment(options.envFile);
  const { settings } = loadSettings({ env: process.env, applies: 'gateway' });
  const principal = await principalOf(settings, options);
  const judged = judge(settings, { method, target: targetOf(url), principal });
  const who = principal.kind === 'anonymous' ? 'nobody' : `${principal.name} (${principal.role})`;
  out.one(
    { request: `${method} ${targetOf(url)}`, as: who, ...judged },
    { method, target: targetOf(url), as: principal.name || null, role: principal.role, ...judged },
  );
}

/** The target as it would be sent: nothing of it is tidied, since what is judged is what is written. */
function targetOf(url: string): string {
  const [, path = ''] = /^https?:\/\/[^/?#]*(.*)$/i.exec(url) ?? [url, url];
  return path.startsWith('/') ? path : `/${path}`;
}

const nobody = (role: string): Principal => ({ kind: 'anonymous', id: '', name: '', role, scopes: [], via: 'none' });

async function principalOf(settings: Settings, options: ExplainOptions): Promise<Principal> {
  const { as: name } = options;
  const roles = ladder(settings.roles);
  if (name === undefined) return nobody(roles.names[0] ?? 'anony');
  const user = await onStore(options, (gate) => gate.users.get(name));
  if (!user) throw refusedBy({ code: 'not_found', detail: 'There is no such user.' }, name);
  if (!user.active) throw refusedBy({ code: 'account_disabled', detail: 'This user may not sign in.' }, name);
  const scopes = scopeTable(settings.scopes, roles).heldBy(user.role);
  return { kind: 'user', id: user.id, name: user.username, role: user.role, scopes, via: 'session' };
}

type Asked = Readonly<{ method: string; target: string; principal: Principal }>;
type Judged = Readonly<{ decision: 'passes' | 'refused'; status: string; rule: string; reason: string }>;

function judge(settings: Settings, { method, target, principal }: Asked): Judged {
  const known = ladder(settings.roles);
  const parsed = parseRules(settings.rules, { ladder: known, scopes: scopeTable(settings.scopes, known) });
  if (!parsed.ok) throw new SettingsError(parsed.problems);
  if (isOurs(settings.prefix, target)) return passes('', 'our own pages and API: they have guards of their own');
  const selection = ruleTable(parsed.rules).select(method, target);
  if (!settings.authEnabled && selection.kind === 'selected') return passes('', 'authentication is switched off');
  const verdict = decideRules(selection, { principal, address: '127.0.0.1', ladder: known });
  const rule = verdict.rule ? `line ${verdict.rule.line}: ${verdict.rule.text}` : '';
  if (verdict.allow) return passes(rule, `the rule asks for ${verdict.rule?.role ?? known.rung('admin')}`);
  return refused(verdict.refusal.code, rule, verdict.refusal.detail ?? needed(rule, verdict.rule?.role));
}

const isOurs = (prefix: string, target: string) => target === prefix || target.startsWith(`${prefix}/`);
const passes = (rule: string, reason: string): Judged => ({ decision: 'passes', status: 'ok', rule, reason });
const refused = (status: string, rule: string, reason: string): Judged => ({
  decision: 'refused',
  status,
  rule,
  reason,
});
const needed = (rule: string, role: string | undefined) =>
  rule === '' ? 'no rule matches: only an admin passes' : `the rule asks for ${role ?? 'more'}`;
