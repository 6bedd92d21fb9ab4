import { z } from 'zod';
import { NotToldError, type Refusal, type Result, refused, StoreUnavailableError } from '../../../errors.ts';
import { type UserAction, userActions } from '../../../pages/admin/users.ts';
import {
  noUsersPage,
  type UserOutcome,
  usersOutcomePage,
  usersQuestionPage,
} from '../../../pages/admin/users-at-once.ts';
import { refusalText } from '../../../pages/refusal-text.ts';
import type { UserView } from '../../../services.ts';
import { html } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, viewerFrameOf, wordsFor } from '../page.ts';
import { isCaller, rolesToGive, userForm } from './user-rights.ts';

/** The most users that are changed by one form. */
const mostAtOnce = 200;

/** Names as a form sends them: one, or a list. Each once. */
const names = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .transform((all) => [...new Set(all)].slice(0, mostAtOnce))
  .catch([]);

const chosen = { do: z.enum(userActions), user: names };
const form = z.object({ ...chosen, role: field, tokens: field, current_password: field });
type Sent = Call<z.output<typeof form>>;

async function usersNamed({ core }: CallContext, usernames: readonly string[]): Promise<UserView[]> {
  const found = await Promise.all(usernames.map((username) => core.users.get(username)));
  return found.filter((user) => user !== undefined);
}

async function question(call: CallContext, action: UserAction, users: readonly UserView[]) {
  const selfMatters = action !== 'activate';
  return {
    ...{ users, action, roles: rolesToGive(call), asksPassword: await needsPassword(call) },
    includesSelf: selfMatters && users.some((user) => isCaller(call, user)),
  };
}

async function again(call: Sent, refusal: Refusal): ReturnType<typeof formAgain> {
  const { do: action, user, role = '', tokens } = call.body;
  const users = await usersNamed(call, user);
  return formAgain(call, refusal, async (text) =>
    usersQuestionPage(viewerFrameOf(call), {
      ...(await question(call, action, users)),
      ...{ role, tokens: tokens !== undefined },
      ...text,
    }),
  );
}

/** Does it to one of them. */
function done(username: string, { core, body, actor }: Sent): Promise<Result<unknown>> {
  const tokens = body.tokens !== undefined;
  switch (body.do) {
    case 'activate':
      return core.users.edit(username, { active: true }, actor);
    case 'deactivate':
      return core.users.edit(username, { active: false, endTokens: tokens }, actor);
    case 'end':
      return core.users.endAll(username, { tokens }, actor);
    case 'role':
      return core.users.edit(username, { role: body.role ?? '' }, actor);
    case 'delete':
      return core.users.remove(username, actor);
  }
}

/** What became of one of them; `isOutage`: the store does not answer, so that the others are not tried. */
async function outcomeOf(username: string, call: Sent): Promise<UserOutcome & Readonly<{ isOutage: boolean }>> {
  const words = wordsFor(call);
  const isThere = call.body.do !== 'delete';
  try {
    const result = await done(username, call);
    if (result.ok) return { username, isThere, isOutage: false };
    if (result.refusal.code === 'not_found') {
      return { username, isThere: false, isOutage: false, problem: words.text('users.isGone') };
    }
    const { problem, problems } = refusalText(words, result.refusal);
    return { username, isThere: true, isOutage: false, problem: Object.values(problems)[0] ?? problem };
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    const isApplied = error instanceof NotToldError;
    const problem = words.text(isApplied ? 'users.appliedOutage' : 'users.outage');
    return { username, isThere: isThere || !isApplied, isOutage: true, problem };
  }
}

/** One after another, since each is a durable write of its own. */
async function outcomesOf(call: Sent): Promise<readonly UserOutcome[]> {
  const outcomes: UserOutcome[] = [];
  let isOutage = false;
  for (const username of call.body.user) {
    if (isOutage) {
      outcomes.push({ username, isThere: true, problem: wordsFor(call).text('users.notTried') });
      continue;
    }
    const outcome = await outcomeOf(username, call);
    outcomes.push(outcome);
    isOutage = outcome.isOutage;
  }
  return outcomes;
}

export const usersAtOnceRoutes = [
  route({
    ...userForm,
    method: 'get',
    path: '/admin/users-at-once',
    summary: 'The page that asks before something is done to the users that were ticked in the list.',
    query: z.object(chosen),
    answers: { 200: page('The question.') },
    refusals: ['validation_failed'],
    async handle(call) {
      const { do: action, user } = call.query;
      const users = await usersNamed(call, user);
      const frame = viewerFrameOf(call);
      if (users.length === 0) return html(200, noUsersPage(frame));
      const role = call.core.settings.defaultRole;
      return html(200, usersQuestionPage(frame, { ...(await question(call, action, users)), role, tokens: false }));
    },
  }),
  route({
    ...userForm,
    method: 'post',
    path: '/admin/users-at-once',
    summary: 'Activate, deactivate, sign out, change or delete many users by that page.',
    confirm: true,
    body: { as: 'form', schema: form },
    answers: {
      200: page('What was done, and what was not.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    unconfirmed: again,
    async handle(call) {
      const { do: action, role, user } = call.body;
      if (action === 'role' && (role === undefined || !call.core.ladder.has(role))) {
        const message = `must be one of ${call.core.ladder.names.join(', ')}`;
        return again(call, refused('validation_failed', { problems: [{ field: 'role', message }] }).refusal);
      }
      const frame = viewerFrameOf(call);
      if (user.length === 0) return html(200, noUsersPage(frame));
      return html(200, usersOutcomePage(frame, { action, outcomes: await outcomesOf(call) }));
    },
  }),
];
