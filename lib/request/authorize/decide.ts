import type { Refusal } from '../../errors.ts';
import type { Ladder, Principal } from '../../types.ts';
import type { Chosen, Selection } from './match.ts';
import type { Rule } from './rules.ts';

/** Who asks, and from which client address. */
export type Asker = Readonly<{ principal: Principal; address: string; ladder: Ladder }>;

export type Verdict =
  | Readonly<{ allow: true; rule?: Rule | undefined }>
  | Readonly<{ allow: false; refusal: Refusal; rule?: Rule | undefined }>;

/**
 * Decides on what a request selected: every reading's rule must permit it, and where nothing matched it takes an admin.
 * `rule` is the one that refused, else the one that the path as it stands selected.
 */
export function decideRules(selection: Selection, asker: Asker): Verdict {
  if (selection.kind === 'refused') return { allow: false, refusal: selection.refusal };
  for (const chosen of selection.chosen) {
    const refusal = refusalOf(chosen, asker);
    if (refusal !== undefined) return { allow: false, refusal, rule: chosen.rule };
  }
  return { allow: true, rule: selection.chosen[0].rule };
}

/** True when every reading of the path selects a public rule: the request needs nobody to be signed in. */
export function isPublic(selection: Selection): boolean {
  return selection.kind === 'selected' && selection.chosen.every(({ rule }) => rule?.public === true);
}

function refusalOf({ rule, self, folded }: Chosen, { principal, address, ladder }: Asker): Refusal | undefined {
  if (!ladder.atLeast(principal.role, rule?.role ?? ladder.rung('admin'))) {
    return principal.kind === 'anonymous' ? { code: 'missing_credential' } : { code: 'insufficient_role' };
  }
  if (rule === undefined) return undefined;
  return (
    refusalOfSelf(self, folded, principal) ??
    refusalOfScope(rule, principal) ??
    refusalOfNetwork(rule, address) ??
    refusalOfApproval(rule, principal, ladder)
  );
}

function refusalOfSelf(self: string, folded: boolean, principal: Principal): Refusal | undefined {
  if (self === '') return undefined;
  if (principal.kind === 'anonymous') return { code: 'missing_credential' };
  const name = folded ? principal.name.toLowerCase() : principal.name;
  if (principal.kind === 'user' && name === self) return undefined;
  return { code: 'insufficient_role', detail: 'Only the user whom the path names may do this.' };
}

function refusalOfScope({ scope }: Rule, principal: Principal): Refusal | undefined {
  if (scope === undefined || principal.scopes.includes(scope)) return undefined;
  return { code: 'insufficient_scope', scope };
}

function refusalOfNetwork({ networks }: Rule, address: string): Refusal | undefined {
  if (networks === undefined || networks.has(address)) return undefined;
  return { code: 'insufficient_role', detail: 'This is not open to your network.' };
}

function refusalOfApproval({ approve }: Rule, principal: Principal, ladder: Ladder): Refusal | undefined {
  if (approve === undefined || ladder.atLeast(principal.role, approve)) return undefined;
  return { code: 'approval_unavailable' };
}
