import type { Principal } from 'gatewarden';
import { decideRules } from '#request';
import type { Resolved } from '#settings';
import { type LocalOptions, settingsOf } from '../environment.ts';
import { refusedBy, usage } from '../exit.ts';
import { onStoreOf } from '../local.ts';
import type { Output } from '../output.ts';

export interface ExplainOptions extends LocalOptions {
  /** A username of the store. */
  readonly as?: string;
}

/** `explain`: which rule of the settings decides on a request, and why. Asks no server and sends nothing. */
export async function explain(method: string, url: string, options: ExplainOptions, out: Output): Promise<void> {
  if (!/^[A-Z-]+$/.test(method)) throw usage('The method is written in capitals, such as GET.');
  const resolved = settingsOf(options, 'gateway');
  const principal = await principalOf(resolved, options.as);
  const judged = judge(resolved, { method, target: targetOf(url), principal });
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

async function principalOf(resolved: Resolved, name: string | undefined): Promise<Principal> {
  const { ladder, scopes } = resolved.policies;
  if (name === undefined) return nobody(ladder.names[0] ?? 'anony');
  const user = await onStoreOf(resolved, (gate) => gate.users.get(name));
  if (!user) throw refusedBy({ code: 'not_found', detail: 'There is no such user.' }, name);
  if (!user.active) throw refusedBy({ code: 'account_disabled', detail: 'This user may not sign in.' }, name);
  const { id, username, role } = user;
  return { kind: 'user', id, name: username, role, scopes: scopes.heldBy(role), via: 'session' };
}

type Asked = Readonly<{ method: string; target: string; principal: Principal }>;
type Judged = Readonly<{ decision: 'passes' | 'refused'; status: string; rule: string; reason: string }>;

function judge({ settings, policies }: Resolved, { method, target, principal }: Asked): Judged {
  const { ladder, rules } = policies;
  if (isOurs(settings.prefix, target)) return passes('', 'our own pages and API: they have guards of their own');
  const selection = rules.select(method, target);
  if (!settings.authEnabled && selection.kind === 'selected') return passes('', 'authentication is switched off');
  const verdict = decideRules(selection, { principal, address: '127.0.0.1', ladder });
  const rule = verdict.rule ? `line ${verdict.rule.line}: ${verdict.rule.text}` : '';
  if (verdict.allow) return passes(rule, `the rule asks for ${verdict.rule?.role ?? ladder.rung('admin')}`);
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
