import { z } from 'zod';
import { type Refusal, type Result, refused } from '../../../errors.ts';
import { userQuestionPage } from '../../../pages/admin/user-forms.ts';
import { userAddress } from '../../../pages/admin/users.ts';
import { html, seeOther } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, viewerFrameOf } from '../page.ts';
import { userChanged, userOf } from './user.ts';
import { isCaller, userForm } from './user-rights.ts';

const form = z.object({ tokens: field, current_password: field });
type Sent = Call<z.output<typeof form>>;

/** What can be done to a user with a question before it. */
type Action = 'activate' | 'deactivate' | 'end' | 'delete';

const summaries: Readonly<Record<Action, readonly [question: string, deed: string]>> = {
  activate: ['The page that asks before a user is activated.', 'Activate a user by that page.'],
  deactivate: [
    'The page that asks before a user is deactivated.',
    'Deactivate a user by that page; ends the sessions, and the API tokens with `tokens`.',
  ],
  end: [
    'The page that asks before all sessions of a user end.',
    'End all sessions of a user by that page, and the API tokens with `tokens`.',
  ],
  delete: [
    'The page that asks before a user is deleted.',
    'Delete a user with all that they hold by that page. The name is not given again.',
  ],
};

/** Does what was asked about. */
function done(action: Action, { core, params: { username = '' }, body, actor }: Sent): Promise<Result<unknown>> {
  const tokens = body.tokens !== undefined;
  if (action === 'end') return core.users.endAll(username, { tokens }, actor);
  if (action === 'delete') return core.users.remove(username, actor);
  if (action === 'activate') return core.users.edit(username, { active: true }, actor);
  return core.users.edit(username, { active: false, endTokens: tokens }, actor);
}

/** Where one goes on after it. */
function wayOn(action: Action, call: CallContext): string {
  if (action === 'delete') return `${call.prefix}/admin/users?done=deleted`;
  return `${userAddress(call, call.params.username ?? '')}?done=${action}`;
}

const again =
  (action: Action) =>
  async (call: Sent, refusal: Refusal): ReturnType<typeof formAgain> => {
    const user = await userOf(call);
    if (user === undefined) return refused('not_found');
    return formAgain(call, refusal, async (text) => {
      const tokens = call.body.tokens !== undefined;
      const asksPassword = await needsPassword(call);
      const isSelf = action === 'end' && isCaller(call, user);
      return userQuestionPage(viewerFrameOf(call), { user, action, tokens, asksPassword, isSelf, ...text });
    });
  };

const questionRoute = (action: Action) =>
  route({
    ...userForm,
    method: 'get',
    path: `/admin/users/{username}/${action}`,
    summary: summaries[action][0],
    answers: { 200: page('The question.') },
    refusals: ['not_found'],
    async handle(call) {
      const user = await userOf(call);
      if (user === undefined) return refused('not_found');
      const asksPassword = await needsPassword(call);
      const isSelf = action === 'end' && isCaller(call, user);
      return html(200, userQuestionPage(viewerFrameOf(call), { user, action, asksPassword, isSelf, tokens: false }));
    },
  });

const deedRoute = (action: Action) =>
  route({
    ...userForm,
    method: 'post',
    path: `/admin/users/{username}/${action}`,
    summary: summaries[action][1],
    confirm: true,
    body: { as: 'form', schema: form },
    answers: userChanged,
    refusals: ['not_found'],
    unconfirmed: again(action),
    async handle(call) {
      const written = await done(action, call);
      return written.ok ? seeOther(wayOn(action, call)) : again(action)(call, written.refusal);
    },
  });

const actions = ['activate', 'deactivate', 'end', 'delete'] as const;

export const userQuestionRoutes = actions.flatMap((action) => [questionRoute(action), deedRoute(action)]);
