import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62 } from '../crypto/random.ts';
import { type FieldProblem, ok, type Result, refused } from '../errors.ts';
import { doneBy } from '../services/done-by.ts';
import type { Invitations, InvitationView, IssuedInvitation, NewInvitation } from '../services.ts';
import { type InvitationRecord, invitationKind } from '../stores/records/kinds/invitation.ts';
import { pageSize } from '../stores/records/page.ts';
import { hasHazard } from '../text.ts';
import type { Actor } from '../types.ts';
import type { AccountDependencies } from './dependencies.ts';
import { mayInviteFor, roleGiven, withdrawn } from './invitation-rules.ts';
import { invitersIn } from './inviters.ts';

/** What an invitation inherits from the credential that it is made with: it ends with each of the makers, and not after `until`. */
type Inheritance = Readonly<{ makers?: readonly string[] | undefined; until?: number | undefined }>;

export type InvitationDependencies = AccountDependencies &
  Readonly<{ inheritedFrom: (by: Actor | undefined) => Promise<Result<Inheritance>> }>;

const day = 86_400_000;
const hour = 3_600_000;
const usualLifetime = 7 * day;
const longestLifetime = 90 * day;
const mostUses = 100;
const longestNote = 200;
const mostAnHour = 300;

const isWhole = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;

function problemOfNote(note: unknown): string | undefined {
  if (typeof note !== 'string') return 'must be a text';
  if (note.length > longestNote) return `must not be longer than ${longestNote} characters`;
  if (note.isWellFormed() && !hasHazard(note)) return undefined;
  return 'must not hold control characters, invisible characters or marks of the writing direction';
}

function problemOfExpiry(expiresAt: unknown, until: number | undefined, now: number): string | undefined {
  if (typeof expiresAt !== 'number' || !Number.isSafeInteger(expiresAt)) return 'must be a time';
  if (expiresAt <= now) return 'is in the past';
  if (expiresAt > now + longestLifetime) return 'must be within 90 days';
  return expiresAt > (until ?? expiresAt) ? 'is after the end of the token that makes it' : undefined;
}

/** Makes `gate.invitations`. */
export function invitationsService(dependencies: InvitationDependencies): Invitations {
  const { stores, record, ladder, settings, inheritedFrom } = dependencies;
  const { records, attempts } = stores;
  const inviters = invitersIn(records, ladder);

  /** The program itself and the command see and give everything. */
  const roleOf = (by: Actor | undefined): string =>
    by === undefined || by.principal.via === 'command' ? ladder.rung('admin') : by.principal.role;

  type Detail = { action: 'created'; role: string; uses: number } | { action: 'withdrawn' };
  const note = (id: string, by: Actor | undefined, detail: Detail) =>
    record({ event: 'invitation.changed', ...doneBy(by), subject: `invitation:${id}`, outcome: 'ok', detail });

  function problemsOf(wanted: NewInvitation, until: number | undefined): FieldProblem[] {
    const { role, uses, expiresAt, note: text } = wanted;
    const isRole = role === undefined || (typeof role === 'string' && ladder.has(role));
    const found = {
      role: isRole ? undefined : `must be one of ${ladder.names.join(', ')}`,
      uses: uses === undefined || isWhole(uses, 1, mostUses) ? undefined : `must be a whole number, 1 to ${mostUses}`,
      expires_at: expiresAt === undefined ? undefined : problemOfExpiry(expiresAt, until, records.now()),
      note: text === undefined ? undefined : problemOfNote(text),
    };
    return Object.entries(found).flatMap(([field, message]) => (message === undefined ? [] : [{ field, message }]));
  }

  async function tooManyAnHour(inviterId: string) {
    const { count, resetMs } = await attempts.hit(`making-invitations:${inviterId}`, hour);
    if (count <= mostAnHour) return undefined;
    const detail = `At most ${mostAnHour} invitations can be made in an hour.`;
    return refused('rate_limited', { retryAfter: Math.ceil(resetMs / 1000), detail });
  }

  function newInvitation(wanted: NewInvitation, inherited: Inheritance, inviter: InvitationRecord['inviter']) {
    const code = makeToken('gwi_');
    const now = records.now();
    const { makers, until = Number.POSITIVE_INFINITY } = inherited;
    const made: InvitationRecord = {
      id: `i_${randomBase62(20)}`,
      hash: sha256(code),
      role: wanted.role ?? settings.defaultRole,
      uses: wanted.uses ?? 1,
      usedBy: [],
      inviter,
      makers: makers && [...makers],
      note: wanted.note,
      createdAt: now,
      expiresAt: wanted.expiresAt ?? Math.min(now + usualLifetime, until),
    };
    return { code, made };
  }

  async function create(wanted: NewInvitation, by?: Actor): Promise<Result<IssuedInvitation>> {
    const inviter = await inviters.of(by);
    if (!inviter.ok) return inviter;
    const inherited = await inheritedFrom(by);
    if (!inherited.ok) return inherited;
    const problems = problemsOf(wanted, inherited.value.until);
    if (problems.length > 0) return refused('validation_failed', { problems });
    if (!mayInviteFor(ladder, wanted.role ?? settings.defaultRole, roleOf(by))) return refused('insufficient_role');
    const limited = inviter.value === undefined ? undefined : await tooManyAnHour(inviter.value.id);
    if (limited !== undefined) return limited;
    const { code, made } = newInvitation(wanted, inherited.value, inviter.value);
    const added = await records.add(invitationKind, made);
    if (added.kind === 'taken') throw new TypeError(`a new invitation has the ${added.key} of another one`);
    const { id, role, uses } = made;
    await note(id, by, { action: 'created', role, uses });
    const invitedBy = made.inviter === undefined ? '' : (by?.principal.name ?? '');
    return ok({ code, view: viewOf(made, { invitedBy, active: true }) });
  }

  /** Whether somebody stands behind an invitation now who may invite for some role. */
  async function isActive(invitation: InvitationRecord): Promise<boolean> {
    const behind = await inviters.roleBehind(invitation);
    return behind !== undefined && roleGiven(ladder, invitation.role, behind) !== undefined;
  }

  /** What a deleted inviter leaves is void, and expires by itself: it has no view. */
  async function viewsOf(invitations: readonly InvitationRecord[]): Promise<InvitationView[]> {
    const names = await inviters.names(invitations.flatMap(({ inviter }) => inviter?.id ?? []));
    const nameOf = ({ inviter }: InvitationRecord) => (inviter === undefined ? '' : names.get(inviter.id));
    const views = invitations.map(async (one) => {
      const invitedBy = nameOf(one);
      return invitedBy === undefined ? [] : [viewOf(one, { invitedBy, active: await isActive(one) })];
    });
    return (await Promise.all(views)).flat();
  }

  async function get(id: string, by?: Actor): Promise<InvitationView | undefined> {
    const found = typeof id === 'string' ? await records.get(invitationKind, id) : undefined;
    if (found === undefined || found.endedAt !== undefined) return undefined;
    return mayInviteFor(ladder, found.role, roleOf(by)) ? (await viewsOf([found]))[0] : undefined;
  }

  async function list({ limit, cursor }: Parameters<Invitations['list']>[0] = {}, by?: Actor) {
    const after = cursor === undefined ? {} : { after: cursor };
    const page = await records.list(invitationKind, { limit: pageSize(limit), order: 'created', ...after });
    const seen = page.items.filter(({ role }) => mayInviteFor(ladder, role, roleOf(by)));
    return { ...page, items: await viewsOf(seen) };
  }

  async function revoke(id: string, by?: Actor): Promise<Result<undefined>> {
    const found = typeof id === 'string' ? await records.get(invitationKind, id) : undefined;
    if (found === undefined || !mayInviteFor(ladder, found.role, roleOf(by))) return refused('not_found');
    const ended = await records.change(invitationKind, found.id, withdrawn);
    if (ended.kind === 'done' && ended.answer) await note(found.id, by, { action: 'withdrawn' });
    return ok(undefined);
  }

  return { create, get, list, revoke };
}

/** The view of an invitation, frozen. Each field is named here, so that a new field of the record is not published by accident. */
function viewOf(
  invitation: InvitationRecord,
  { invitedBy, active }: Pick<InvitationView, 'invitedBy' | 'active'>,
): InvitationView {
  const { id, role, uses, usedBy, note, createdAt, expiresAt } = invitation;
  return Object.freeze({ id, role, uses, used: usedBy.length, invitedBy, active, note, createdAt, expiresAt });
}
