import { type AdministrationOptions, about, administer } from '../administration/administer.ts';
import { first, pageSizeFor } from '../listing.ts';
import type { Said } from '../shared-options.ts';
import { invitationSheet, issuedInvitationSheet } from '../sheets.ts';

export interface InviteOptions extends AdministrationOptions {
  readonly role?: string;
  readonly uses?: number;
  /** Milliseconds since the epoch. */
  readonly expires?: number;
  readonly note?: string;
}

/** `invite create`: shows the code and its link once. */
export async function createInvitation(options: InviteOptions, said: Said): Promise<void> {
  const { role, uses, expires: expiresAt, note } = options;
  await administer(options, said, async ({ invitations }) =>
    said.out().thing(issuedInvitationSheet, await invitations.create({ role, uses, expiresAt, note })),
  );
  said.out().note('The code is shown this once: whoever has it can sign up.');
}

/** `invite list`: newest first. */
export const listInvitations = (options: AdministrationOptions & { limit?: number }, said: Said): Promise<void> =>
  administer(options, said, ({ invitations }) => {
    const { limit } = options;
    return said.out().things(invitationSheet, first(limit, invitations.list({ pageSize: pageSizeFor(limit) })));
  });

/** `invite revoke`: accounts that were made with it stay. */
export async function revokeInvitation(id: string, options: AdministrationOptions, said: Said): Promise<void> {
  const subject = { noun: 'invitation', name: id, list: 'invite list' } as const;
  await administer(options, said, ({ invitations }) => about(subject, () => invitations.revoke(id)));
  said.out().note('The invitation is withdrawn; accounts that were made with it stay.');
}
