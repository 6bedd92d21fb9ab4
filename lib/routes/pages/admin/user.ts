import { z } from 'zod';
import { type Refusal, refused } from '../../../errors.ts';
import { editUserPage, type UserFields, userPasswordPage } from '../../../pages/admin/user-forms.ts';
import { userAddress, userPage } from '../../../pages/admin/users.ts';
import type { WordKey } from '../../../pages/words/words.ts';
import type { UserEdit, UserView } from '../../../services.ts';
import { html, seeOther } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, redirect, viewerFrameOf } from '../page.ts';
import { isCaller, mayChangeUsers, rolesToGive, userForm } from './user-rights.ts';

/** Notices after a redirect from one of the forms, by the value of `done`. */
const notices: Readonly<Record<string, WordKey>> = {
  made: 'users.isMade',
  edited: 'users.isEdited',
  password: 'users.isSet',
  activate: 'users.isActivated',
  deactivate: 'users.isDeactivated',
  end: 'users.isEnded',
};

/** The user that the path names. */
export const userOf = ({ core, params }: CallContext): Promise<UserView | undefined> =>
  core.users.get(params.username ?? '');

const fieldsOf = ({ displayName = '', email = '', role }: UserView): UserFields => ({
  display_name: displayName,
  email,
  role,
});

const editForm = z.object({
  ...{ display_name: field, email: field, role: field },
  ...{ display_name_was: field, email_was: field, role_was: field },
  email_confirmed: field,
  current_password: field,
});
type EditBody = z.output<typeof editForm>;

/** The fields that were changed in the form; others may have changed the rest since. An address that is sent counts as confirmed. */
function editOf(body: EditBody): UserEdit {
  const confirms = body.email_confirmed !== undefined && body.email !== undefined;
  return {
    ...(body.display_name !== body.display_name_was && { displayName: body.display_name ?? null }),
    ...((body.email !== body.email_was || confirms) && { email: body.email ?? null }),
    ...(body.role !== body.role_was && { role: body.role }),
  };
}

async function editAgain(call: Call<EditBody>, refusal: Refusal) {
  const user = await userOf(call);
  if (user === undefined) return refused('not_found');
  const { body } = call;
  return formAgain(call, refusal, async (text) => {
    const { display_name = '', email = '', role = '' } = body;
    const filled = { display_name, email, role, emailConfirmed: body.email_confirmed !== undefined };
    const was = { display_name: body.display_name_was ?? '', email: body.email_was ?? '', role: body.role_was ?? '' };
    const asksPassword = await needsPassword(call);
    return editUserPage(viewerFrameOf(call), {
      ...{ user, filled, was, asksPassword, roles: rolesToGive(call, user.role) },
      ...text,
    });
  });
}

const passwordForm = z.object({ password: field, tokens: field, current_password: field });

async function passwordAgain(call: Call<z.output<typeof passwordForm>>, refusal: Refusal) {
  const user = await userOf(call);
  if (user === undefined) return refused('not_found');
  const { passwordMinLength } = call.core.settings;
  return formAgain(call, refusal, async (text) => {
    const tokens = call.body.tokens !== undefined;
    const asksPassword = await needsPassword(call);
    return userPasswordPage(viewerFrameOf(call), { user, passwordMinLength, tokens, asksPassword, ...text });
  });
}

const refusals = ['not_found'] as const;

/** The answers of a form that changes a user. */
export const userChanged = {
  303: redirect('Done: to the page of the user.'),
  400: page('The form, with what is wrong.'),
  403: page('The current password is not right.'),
  409: page('It is not possible for this user.'),
  429: page('Too many attempts.'),
} as const;

export const userRoutes = [
  route({
    ...userForm,
    guard: 'operator',
    method: 'get',
    path: '/admin/users/{username}',
    summary: 'One user, with the newest sessions and the names of the API tokens.',
    query: z.object({ done: field }),
    answers: { 200: page('The user.') },
    refusals,
    async handle(call) {
      const { core, query } = call;
      const user = await userOf(call);
      if (user === undefined) return refused('not_found');
      const frame = viewerFrameOf(call);
      const done = Object.hasOwn(notices, query.done ?? '') ? notices[query.done ?? ''] : undefined;
      const shown = userPage(frame, {
        ...{ user, isSelf: isCaller(call, user), mayChange: mayChangeUsers(call) },
        isKnownRole: core.ladder.has(user.role),
        sessions: (await core.sessions.list(user.username, { limit: 6 })).items,
        tokens: (await core.tokens.list(user.username)).items,
        notice: done && frame.words.text(done),
      });
      return html(200, shown);
    },
  }),
  route({
    ...userForm,
    method: 'get',
    path: '/admin/users/{username}/edit',
    summary: 'The form that changes name, address and role of a user.',
    answers: { 200: page('The form.') },
    refusals,
    async handle(call) {
      const user = await userOf(call);
      if (user === undefined) return refused('not_found');
      const was = fieldsOf(user);
      const asksPassword = await needsPassword(call);
      const filled = { ...was, emailConfirmed: false };
      const roles = rolesToGive(call, user.role);
      return html(200, editUserPage(viewerFrameOf(call), { user, was, filled, roles, asksPassword }));
    },
  }),
  route({
    ...userForm,
    method: 'post',
    path: '/admin/users/{username}/edit',
    summary: 'Change a user by that form.',
    confirm: true,
    body: { as: 'form', schema: editForm },
    answers: userChanged,
    refusals,
    unconfirmed: editAgain,
    async handle(call) {
      const edited = await call.core.users.edit(call.params.username ?? '', editOf(call.body), call.actor);
      if (!edited.ok) return editAgain(call, edited.refusal);
      return seeOther(`${userAddress(call, edited.value.username)}?done=edited`);
    },
  }),
  route({
    ...userForm,
    method: 'get',
    path: '/admin/users/{username}/password',
    summary: 'The form that sets the password of a user.',
    answers: { 200: page('The form.') },
    refusals,
    async handle(call) {
      const user = await userOf(call);
      if (user === undefined) return refused('not_found');
      const { passwordMinLength } = call.core.settings;
      const asksPassword = await needsPassword(call);
      return html(200, userPasswordPage(viewerFrameOf(call), { user, passwordMinLength, asksPassword, tokens: true }));
    },
  }),
  route({
    ...userForm,
    method: 'post',
    path: '/admin/users/{username}/password',
    summary: 'Set the password of a user by that form; ends the sessions, and the API tokens with `tokens`.',
    confirm: true,
    body: { as: 'form', schema: passwordForm },
    answers: userChanged,
    refusals,
    unconfirmed: passwordAgain,
    async handle(call) {
      const { password = '', tokens } = call.body;
      const wish = { password, endTokens: tokens !== undefined };
      const edited = await call.core.users.edit(call.params.username ?? '', wish, call.actor);
      if (!edited.ok) return passwordAgain(call, edited.refusal);
      return seeOther(`${userAddress(call, edited.value.username)}?done=password`);
    },
  }),
];
