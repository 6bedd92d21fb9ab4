import { type Frame, inFrame } from '../frame.ts';
import type { WordKey } from '../words/words.ts';
import { type Asked, type Question, questionPage } from './question.ts';

/** An invitation, without its code; times in milliseconds since the epoch. */
export type ShownInvitation = Readonly<{
  id: string;
  role: string;
  uses: number;
  used: number;
  /** '' for the program itself. */
  invitedBy: string;
  /** Whether its inviter may still invite. */
  active: boolean;
  note?: string | undefined;
  createdAt: number;
  expiresAt: number;
}>;

/** What was typed into the form of a new invitation. */
export type NewInvitationFields = Readonly<{ note: string; role: string; uses: string; days: string }>;

/** For how many days an invitation may be made. */
export const invitationLifetimes: readonly number[] = [1, 7, 14, 30, 90];

type InvitationState = 'open' | 'used' | 'void' | 'expired';

function stateOf({ active, uses, used, expiresAt }: ShownInvitation, now: number): InvitationState {
  if (expiresAt <= now) return 'expired';
  if (used >= uses) return 'used';
  return active ? 'open' : 'void';
}

const badges: Readonly<Record<InvitationState, Readonly<{ look: string; word: WordKey }>>> = {
  open: { look: 'good', word: 'invitations.isOpen' },
  used: { look: 'plain', word: 'invitations.isUsedUp' },
  void: { look: 'bad', word: 'invitations.isVoid' },
  expired: { look: 'plain', word: 'invitations.isExpired' },
};

function rowOf(invitation: ShownInvitation, now: number) {
  const state = stateOf(invitation, now);
  return { ...invitation, badge: badges[state], canBeWithdrawn: state !== 'expired' };
}

/** One part of the list of invitations. `now` tells which have expired; `next` and `first` are addresses. */
export const invitationsPage = (
  frame: Frame,
  shown: Readonly<{
    invitations: readonly ShownInvitation[];
    now: number;
    signUpIsClosed: boolean;
    notice?: string | undefined;
    next?: string | undefined;
    first?: string | undefined;
  }>,
): string =>
  inFrame('@admin-invitations', frame, {
    ...shown,
    place: 'invitations',
    invitations: shown.invitations.map((one) => rowOf(one, shown.now)),
  });

/** The form of a new invitation. `roles`: those that the reader may invite for. */
export const newInvitationPage = (
  frame: Frame,
  shown: Asked & Readonly<{ filled: NewInvitationFields; roles: readonly string[]; signUpIsClosed: boolean }>,
): string =>
  inFrame('@new-invitation', frame, {
    ...{ problems: {}, lifetimes: invitationLifetimes, place: 'invitations' },
    ...shown,
  });

/** A new invitation with its code and link, which cannot be shown again. */
export const issuedInvitationPage = (
  frame: Frame,
  shown: Readonly<{ invitation: ShownInvitation; code: string; url: string; signUpIsClosed: boolean }>,
): string => inFrame('@issued-invitation', frame, { ...shown, place: 'invitations' });

/** Asks before an invitation is withdrawn. */
export function withdrawInvitationPage(
  frame: Frame,
  { id, note, role, uses, used }: ShownInvitation,
  asked: Asked,
): string {
  const back = `${frame.prefix}/admin/invitations`;
  const question: Question = {
    ...{ place: 'invitations', title: 'invitations.withdrawTitle', button: 'invitations.withdrawButton' },
    ...{ heading: 'invitations.withdrawHeading', lines: ['invitations.withdrawLine', 'invitations.withdrawStays'] },
    ...{ values: { name: note || id, role, uses, used }, action: `${back}/${id}/withdraw`, back },
  };
  return questionPage(frame, question, asked);
}
