import { type AdministrationOptions, about, administer } from '../administration/administer.ts';
import { confirmed } from '../confirmed.ts';
import { usage } from '../exit.ts';
import { first, pageSizeFor } from '../listing.ts';
import type { Said } from '../shared-options.ts';
import { sessionSheet } from '../sheets.ts';

export interface SessionOptions extends AdministrationOptions {
  /** Whose sessions. Default: one's own. */
  readonly user?: string;
}

/** Refuses a missing owner for the store, and one that a server does not show the sessions of; exit code 5. */
function checkOwner({ local, user }: SessionOptions): void {
  if (local && user === undefined)
    throw usage('The store itself has no sessions of yours: say whose with --user NAME.');
  if (!local && user !== undefined) throw ownOnly();
}

const ownOnly = () =>
  usage(
    'A server shows everybody their own sessions only: add --local for those of others, or end them all with `gatewarden user end NAME`.',
  );

/** `session list`: newest first. */
export async function listSessions(options: SessionOptions & { limit?: number }, said: Said): Promise<void> {
  checkOwner(options);
  const { user: owner, limit } = options;
  await administer(options, said, ({ sessions }) => {
    const things = sessions.list({ owner, pageSize: pageSizeFor(limit) });
    return ofUser(owner, () => said.out().things(sessionSheet, first(limit, things)));
  });
}

/** `session end`: one session, or with `all` every one of the user, which asks first or wants `--yes`. */
export async function endSession(
  id: string | undefined,
  options: SessionOptions & { all?: boolean },
  said: Said,
): Promise<void> {
  if ((id === undefined) !== (options.all === true)) {
    throw usage('Give the id of one session (`gatewarden session list` shows them), or --all.');
  }
  await (id === undefined ? endEvery(options, said) : endOne(id, options, said));
}

async function endOne(id: string, options: SessionOptions, said: Said): Promise<void> {
  checkOwner(options);
  const subject = { noun: 'session', name: id, list: 'session list' } as const;
  await administer(options, said, ({ sessions }) => about(subject, () => sessions.end(id, options.user)));
  said.out().note('The session has ended.');
}

async function endEvery(options: SessionOptions, said: Said): Promise<void> {
  const { user: owner, local } = options;
  if (local) checkOwner(options);
  await confirmed(`End all sessions of ${owner ?? 'yours, this one too'}?`, said);
  await administer(options, said, ({ sessions }) => ofUser(owner, () => sessions.endAll(owner)));
  said.out().note(`All sessions${owner === undefined ? '' : ` of ${owner}`} have ended; API tokens stay valid.`);
}

const ofUser = <T>(owner: string | undefined, act: () => Promise<T>): Promise<T> =>
  owner === undefined ? act() : about({ noun: 'user', name: owner, list: 'user list' }, act);
