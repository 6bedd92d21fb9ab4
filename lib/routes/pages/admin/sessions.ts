import { z } from 'zod';
import { type Refusal, type Result, refused } from '../../../errors.ts';
import {
  endAllSessionsPage,
  endSessionsPage,
  type ListedSession,
  sessionNamed,
  sessionsPage,
} from '../../../pages/admin/sessions.ts';
import type { Answer } from '../../../request/respond/write.ts';
import { html, seeOther } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, type Route, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, redirect, viewerFrameOf, wordsFor } from '../page.ts';

/** Sessions that are ended by one form at most: those of a page. */
const mostEnded = 50;

const described = { tag: 'pages', surface: 'own', scope: 'gatewarden:admin' } as const;

const several = z
  .union([z.string().max(256), z.array(z.string().max(256)).max(200)])
  .optional()
  .catch(undefined);
const listQuery = z.object({ user: field, cursor: field, done: field, ended: field, over: field });
const endQuery = z.object({ user: field, session: several });
const endForm = z.object({ user: field, session: several, current_password: field });
const endAllForm = z.object({ user: field, current_password: field });

/** A number that a redirect of ours has put in the address; somebody else may have written it. */
const numberIn = (text: string | undefined): number => (/^\d{1,6}$/.test(text ?? '') ? Number(text) : 0);

function noticeOf(call: Call<unknown, z.output<typeof listQuery>>): string | undefined {
  const { done, ended, over, user } = call.query;
  const words = wordsFor(call);
  if (done === 'nothing') return words.text('sessions.nothing');
  if (done === 'all') return words.text('sessions.allEnded', { name: user ?? '' });
  if (done !== 'ended') return undefined;
  const [n, gone] = [numberIn(ended), numberIn(over)];
  const said = [n > 0 && words.text('sessions.ended', { n }), gone > 0 && words.text('sessions.wereOver', { n: gone })];
  return said.filter((one) => one !== false).join(' ');
}

/** The sessions of a user, or of all, as the list shows them. */
async function listed({ core }: CallContext, user: string | undefined, cursor: string | undefined) {
  if (user === undefined) return core.sessions.listAll({ cursor });
  const [found, { items, next }] = await Promise.all([core.users.get(user), core.sessions.list(user, { cursor })]);
  return { items: items.map((session) => ({ ...session, username: found?.username ?? user })), next };
}

async function listAnswer(call: Call<unknown, z.output<typeof listQuery>>): Promise<Result<Answer>> {
  const { core, query, principal } = call;
  const { user, cursor } = query;
  const [{ items, next }, count] = await Promise.all([
    listed(call, user, cursor),
    user === undefined ? core.sessions.count() : undefined,
  ]);
  const shown = { sessions: items, ...{ user, cursor, next, count }, ownId: principal.sessionId };
  const mayEnd = core.ladder.atLeast(principal.role, core.ladder.rung('admin'));
  return html(200, sessionsPage(viewerFrameOf(call), { ...shown, mayEnd, notice: noticeOf(call) }));
}

/** The sessions that a form or an address names, without those that have ended. */
async function chosen({ core }: CallContext, keys: z.output<typeof several>): Promise<readonly ListedSession[]> {
  const found: ListedSession[] = [];
  for (const { username, id } of namedIn(keys)) {
    const session = await core.sessions.get(username, id);
    if (session !== undefined) found.push(session);
  }
  return found;
}

const namedIn = (keys: z.output<typeof several>) =>
  [...new Set([keys ?? []].flat())]
    .slice(0, mostEnded)
    .map(sessionNamed)
    .filter((one) => one !== undefined);

const backTo = ({ prefix }: CallContext, query: Readonly<Record<string, string | undefined>>): Result<Answer> => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return seeOther(`${prefix}/admin/sessions?${new URLSearchParams(given)}`);
};

async function endQuestion(call: CallContext, { user, session }: z.output<typeof endQuery>) {
  const [sessions, asksPassword] = await Promise.all([chosen(call, session), needsPassword(call)]);
  return { user, sessions, asksPassword, ownId: call.principal.sessionId };
}

const endAgain = (call: Call<z.output<typeof endForm>>, refusal: Refusal) =>
  formAgain(call, refusal, async (text) =>
    endSessionsPage(viewerFrameOf(call), { ...(await endQuestion(call, call.body)), ...text }),
  );

async function endChosen(call: Call<z.output<typeof endForm>>): Promise<Result<Answer>> {
  const { core, body, actor } = call;
  const named = namedIn(body.session);
  let ended = 0;
  for (const { username, id } of named) {
    if ((await core.sessions.end(username, id, actor)).ok) ended += 1;
  }
  if (named.length === 0) return backTo(call, { user: body.user, done: 'nothing' });
  return backTo(call, { user: body.user, done: 'ended', ended: `${ended}`, over: `${named.length - ended}` });
}

/** The user whose sessions a form or an address means. */
const userMeant = async ({ core }: CallContext, user: string | undefined) =>
  user === undefined ? undefined : core.users.get(user);

async function endAllQuestion(call: CallContext, username: string) {
  return { username, isSelf: username === call.principal.name, asksPassword: await needsPassword(call) };
}

const endAllAgain = (call: Call<z.output<typeof endAllForm>>, refusal: Refusal) =>
  formAgain(call, refusal, async (text) =>
    endAllSessionsPage(viewerFrameOf(call), { ...(await endAllQuestion(call, call.body.user ?? '')), ...text }),
  );

async function endAll(call: Call<z.output<typeof endAllForm>>): Promise<Result<Answer>> {
  const { core, principal, actor } = call;
  const user = await userMeant(call, call.body.user);
  if (user === undefined) return refused('not_found');
  const keep = user.username === principal.name ? principal.sessionId : undefined;
  const ended = await core.sessions.endAll(user.username, { keep }, actor);
  return ended.ok ? backTo(call, { user: user.username, done: 'all' }) : ended;
}

/** The page `admin/sessions`. */
export const adminSessionsRoutes: readonly Route[] = [
  route({
    ...described,
    method: 'get',
    path: '/admin/sessions',
    summary: 'Where users are signed in: all of them, or one.',
    guard: 'operator',
    query: listQuery,
    answers: { 200: page('The list.') },
    handle: listAnswer,
  }),
  route({
    ...described,
    method: 'get',
    path: '/admin/sessions/end',
    summary: 'The page that asks before sessions are ended.',
    guard: 'admin',
    query: endQuery,
    answers: { 200: page('The question.'), 303: redirect('Nothing is chosen that has not ended: back to the list.') },
    async handle(call) {
      const question = await endQuestion(call, call.query);
      if (question.sessions.length === 0) return backTo(call, { user: call.query.user, done: 'nothing' });
      return html(200, endSessionsPage(viewerFrameOf(call), question));
    },
  }),
  route({
    ...described,
    method: 'post',
    path: '/admin/sessions/end',
    summary: 'End sessions by that page.',
    guard: 'admin',
    confirm: true,
    body: { as: 'form', schema: endForm },
    answers: {
      303: redirect('Ended: back to the list.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    unconfirmed: endAgain,
    handle: endChosen,
  }),
  route({
    ...described,
    method: 'get',
    path: '/admin/sessions/end-all',
    summary: 'The page that asks before all sessions of a user are ended.',
    guard: 'admin',
    query: z.object({ user: field }),
    answers: { 200: page('The question.') },
    refusals: ['not_found'],
    async handle(call) {
      const user = await userMeant(call, call.query.user);
      if (user === undefined) return refused('not_found');
      return html(200, endAllSessionsPage(viewerFrameOf(call), await endAllQuestion(call, user.username)));
    },
  }),
  route({
    ...described,
    method: 'post',
    path: '/admin/sessions/end-all',
    summary: 'End all sessions of a user by that page; their API tokens remain valid.',
    guard: 'admin',
    confirm: true,
    body: { as: 'form', schema: endAllForm },
    answers: {
      303: redirect('Ended: back to the list.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    refusals: ['not_found'],
    unconfirmed: endAllAgain,
    handle: endAll,
  }),
];
