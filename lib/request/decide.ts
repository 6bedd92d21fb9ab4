import type { ErrorCode, Refusal } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import type { Ladder, Principal } from '../types.ts';
import { decideRules, isPublic } from './authorize/decide.ts';
import type { RuleTable, Selection } from './authorize/match.ts';
import type { Rule } from './authorize/rules.ts';
import type { RequestHead } from './extract/head.ts';
import type { RequestSource } from './extract/source.ts';
import type { Identified, RequestPath } from './identify.ts';

/** The decision on one request. */
export type Decision =
  | Readonly<{
      allow: true;
      principal: Principal;
      rule?: Rule | undefined;
      source: RequestSource;
      /** The `Authorization` header is the upstream's business: pass it on. */
      passAuthorization: boolean;
      /** The session cookie names nothing that lives: tell the browser to drop it. */
      clearCookie: boolean;
    }>
  | Readonly<{
      allow: false;
      principal: Principal;
      refusal: Refusal;
      rule?: Rule | undefined;
      source?: RequestSource | undefined;
      clearCookie: boolean;
      /** Answer a navigation with a 303 to the very same target instead of the refusal (a dead cookie under auto-login). */
      retry: boolean;
    }>;

type Dependencies = Readonly<{
  requests: Pick<RequestPath, 'identify'>;
  ladder: Ladder;
  settings: Pick<Settings, 'authEnabled'>;
  anonymous: Principal;
  /** Writes down that a signed-in principal was refused. */
  denied: (principal: Principal, target: string, code: ErrorCode) => void;
}>;

/** Of the rules that a request's readings select, one that is not public, if any: its answer is then nobody else's. */
const strictest = ({ chosen }: Extract<Selection, { kind: 'selected' }>): Rule | undefined =>
  (chosen.find(({ rule }) => rule?.public !== true) ?? chosen[0]).rule;

/** Judges requests by a table of rules: the whole decision, as the gateway, forward-auth and `protect()` share it. */
export function decider(core: Dependencies, table: RuleTable): (req: RequestHead) => Promise<Decision> {
  const { requests, ladder, anonymous } = core;
  const { authEnabled } = core.settings;

  const refuse = (refusal: Refusal, found?: Partial<Identified>): Decision => ({
    allow: false,
    principal: found?.principal ?? anonymous,
    refusal,
    source: found?.source,
    clearCookie: found?.clearCookie ?? false,
    retry: found?.retry ?? false,
  });

  return async function decide(req) {
    const selection = table.select(req.method ?? '', req.url ?? '');
    if (selection.kind === 'refused') return refuse(selection.refusal);
    const identified = requests.identify(req, isPublic(selection) ? 'open' : 'closed');
    // Most are known: to wait for what is there would send every request once more round the queue.
    const found = identified instanceof Promise ? await identified : identified;
    if (!('principal' in found)) return refuse(found.refusal);
    if (found.refusal) return refuse(found.refusal, found);
    const { principal, source, passAuthorization, clearCookie } = found;
    if (!authEnabled) return { allow: true, principal, source, passAuthorization, clearCookie };
    const verdict = decideRules(selection, { principal, address: source.address, ladder });
    if (verdict.allow)
      return { allow: true, principal, rule: strictest(selection), source, passAuthorization, clearCookie };
    if (principal.kind !== 'anonymous') core.denied(principal, req.url ?? '', verdict.refusal.code);
    return { ...refuse(verdict.refusal, found), rule: verdict.rule };
  };
}
