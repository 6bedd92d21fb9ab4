import type { Refusal } from '../../errors.ts';
import type { Ladder, Principal } from '../../types.ts';
import type { Chosen, Selection } from './match.ts';
import type { Rule } from './rules.ts';
import type { Requirement, Trace } from './trace.ts';

/** The principal of a request, the client's address, and the ladder of roles. */
export type Requester = Readonly<{ principal: Principal; address: string; ladder: Ladder }>;

export type Verdict =
  | Readonly<{ allow: true; rule?: Rule | undefined }>
  | Readonly<{ allow: false; refusal: Refusal; rule?: Rule | undefined }>;

/**
 * Decides by the rules that a request selected: the rule of every reading must allow it, and without a rule only an admin
 * passes. `rule` is the one that refused, else the one that the first reading selected.
 */
export function decideRules(selection: Selection, requester: Requester, trace?: Trace): Verdict {
  if (selection.kind === 'refused') return { allow: false, refusal: selection.refusal };
  for (const chosen of selection.chosen) {
    const refusal = refusalOf(chosen, requester, trace);
    if (refusal !== undefined) return { allow: false, refusal, rule: chosen.rule };
  }
  return { allow: true, rule: selection.chosen[0].rule };
}

/** Whether every reading of the path selects a public rule, so that the request needs no sign-in. */
export function isPublic(selection: Selection): boolean {
  return selection.kind === 'selected' && selection.chosen.every(({ rule }) => rule?.public === true);
}

type Check = (chosen: Chosen, requester: Requester) => Refusal | undefined;

/** The requirements of a rule in order: the first that fails decides the refusal. */
const requirements: readonly (readonly [name: Requirement, check: Check])[] = [
  ['role', refusalOfRole],
  ['self', refusalOfSelf],
  ['scope', refusalOfScope],
  ['network', refusalOfNetwork],
  ['approve', refusalOfApproval],
];

function refusalOf(chosen: Chosen, requester: Requester, trace: Trace | undefined): Refusal | undefined {
  for (const [requirement, check] of requirements) {
    const refusal = check(chosen, requester);
    trace?.({ kind: 'requirement', rule: chosen.rule, requirement, refusal });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refusalOfRole({ rule }: Chosen, { principal, ladder }: Requester): Refusal | undefined {
  const role = rule?.role ?? ladder.rung('admin');
  if (ladder.atLeast(principal.role, role)) return undefined;
  return principal.kind === 'anonymous' ? { code: 'missing_credential' } : { code: 'insufficient_role', role };
}

function refusalOfSelf({ self, folded }: Chosen, { principal }: Requester): Refusal | undefined {
  if (self === '') return undefined;
  if (principal.kind === 'anonymous') return { code: 'missing_credential' };
  const name = folded ? principal.name.toLowerCase() : principal.name;
  if (principal.kind === 'user' && name === self) return undefined;
  return { code: 'insufficient_role', detail: 'Only the user whom the path names may do this.' };
}

function refusalOfScope({ rule }: Chosen, { principal }: Requester): Refusal | undefined {
  const scope = rule?.scope;
  if (scope === undefined || principal.scopes.includes(scope)) return undefined;
  return { code: 'insufficient_scope', scope };
}

function refusalOfNetwork({ rule }: Chosen, { address }: Requester): Refusal | undefined {
  if (rule?.networks === undefined || rule.networks.has(address)) return undefined;
  return { code: 'insufficient_role', detail: 'This is not open to your network.' };
}

function refusalOfApproval({ rule }: Chosen, { principal, ladder }: Requester): Refusal | undefined {
  if (rule?.approve === undefined || ladder.atLeast(principal.role, rule.approve)) return undefined;
  return { code: 'approval_unavailable', role: rule.approve };
}
