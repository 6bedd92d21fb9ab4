import type { AuditStore } from '../stores/audit.ts';
import type { AnyKind } from '../stores/records/kind.ts';
import { type AdminsRecord, adminsKind } from '../stores/records/kinds/admins.ts';
import { apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { clientKind } from '../stores/records/kinds/client.ts';
import { endedSessionKind } from '../stores/records/kinds/ended-session.ts';
import { factKind } from '../stores/records/kinds/fact.ts';
import { invitationKind } from '../stores/records/kinds/invitation.ts';
import { refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import { signingKeyKind } from '../stores/records/kinds/signing-key.ts';
import { userKind } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import { auditImport } from './audit-import.ts';
import { auditName } from './audit-lines.ts';
import { type KindImport, kindImport, type Settle } from './kind-import.ts';
import { rosterIn } from './roster.ts';
import type { Rule } from './rule.ts';
import { tokenRule } from './rules/api-token.ts';
import { clientRule } from './rules/client.ts';
import { noteRule } from './rules/ended-session.ts';
import { factRule } from './rules/fact.ts';
import { invitationRule } from './rules/invitation.ts';
import { familyRule } from './rules/refresh-family.ts';
import { keyRule } from './rules/signing-key.ts';
import { userRule } from './rules/user.ts';
import type { Sealing } from './sealing.ts';

/** Where an import writes to. */
export type Target = Readonly<{
  records: Records;
  audit: AuditStore;
  sealing: Sealing;
  /** Every kind. */
  kinds: readonly AnyKind[];
}>;

/** The imports of all kinds, by the name of the kind. Those that have no rule follow from their declaration. */
export function importsInto({ records, audit, sealing, kinds }: Target, replace: boolean, settle: Settle) {
  const importing = { records, replace, settle };
  const roster = rosterIn(records);
  const adminsRule: Rule<AdminsRecord> = { settle: roster.join };
  const ruled = new Map<AnyKind, KindImport>([
    [factKind, kindImport(factKind, importing, factRule(sealing, replace))],
    [signingKeyKind, kindImport(signingKeyKind, importing, keyRule(records, sealing, replace))],
    [userKind, kindImport(userKind, importing, userRule({ records, kinds, roster, replace }))],
    [adminsKind, kindImport(adminsKind, importing, adminsRule)],
    [apiTokenKind, kindImport(apiTokenKind, importing, tokenRule(records, replace))],
    [clientKind, kindImport(clientKind, importing, clientRule(records, replace))],
    [refreshFamilyKind, kindImport(refreshFamilyKind, importing, familyRule(records, replace))],
    [endedSessionKind, kindImport(endedSessionKind, importing, noteRule(replace))],
    [invitationKind, kindImport(invitationKind, importing, invitationRule(records, replace))],
  ]);
  const imports: ReadonlyMap<string, KindImport> = new Map([
    ...kinds.map((kind) => [kind.name, ruled.get(kind) ?? kindImport(kind, importing)] as const),
    [auditName, auditImport(audit, settle)],
  ]);

  /** Tries what depends on other records as long as that helps, and reports the rest. */
  async function finish(): Promise<void> {
    const all = [...imports.values()];
    await roster.join();
    let stored = 0;
    do {
      stored = 0;
      for (const one of all) stored += await one.again();
    } while (stored > 0);
    await roster.join();
    for (const one of all) one.giveUp();
  }
  return { imports, finish };
}
