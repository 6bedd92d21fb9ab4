import { z } from 'zod';
import { isRetired } from '../../../accounts/new-user.ts';
import type { Refusal } from '../../../errors.ts';
import { newUserPage } from '../../../pages/admin/user-forms.ts';
import { userAddress } from '../../../pages/admin/users.ts';
import { html, seeOther } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, redirect, viewerFrameOf } from '../page.ts';
import { rolesToGive, userForm } from './user-rights.ts';

/** `new_username`: password managers take a field named `username` for the name that goes with `current_password`. */
const form = z.object({
  new_username: field,
  display_name: field,
  email: field,
  role: field,
  password: field,
  active: field,
  reuse_name: field,
  current_password: field,
});

const shownAlways = async (call: CallContext) => ({
  asksPassword: await needsPassword(call),
  roles: rolesToGive(call),
  passwordMinLength: call.core.settings.passwordMinLength,
});

const again = (call: Call<z.output<typeof form>>, refusal: Refusal) =>
  formAgain(call, refusal, async (text) => {
    const { body } = call;
    const filled = {
      username: body.new_username ?? '',
      displayName: body.display_name ?? '',
      email: body.email ?? '',
      role: body.role ?? '',
      active: body.active !== undefined,
      reuseName: body.reuse_name !== undefined,
    };
    const retired = refusal.problems?.some(({ field: name, message }) => name === 'username' && message === isRetired);
    const always = await shownAlways(call);
    const asksReuse = retired === true || filled.reuseName;
    return newUserPage(viewerFrameOf(call), { ...always, ...text, filled, isRetired: asksReuse });
  });

export const newUserRoutes = [
  route({
    ...userForm,
    method: 'get',
    path: '/admin/new-user',
    summary: 'The form of a new user.',
    answers: { 200: page('The form.') },
    async handle(call) {
      const role = call.core.settings.defaultRole;
      const filled = { username: '', displayName: '', email: '', role, active: true, reuseName: false };
      return html(200, newUserPage(viewerFrameOf(call), { ...(await shownAlways(call)), filled }));
    },
  }),
  route({
    ...userForm,
    method: 'post',
    path: '/admin/new-user',
    summary: 'Make a user by that form.',
    confirm: true,
    body: { as: 'form', schema: form },
    answers: {
      303: redirect('Made: to the page of the user.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      409: page('The name or the address is taken.'),
      429: page('Too many attempts.'),
    },
    unconfirmed: again,
    async handle(call) {
      const { body, core, actor } = call;
      const { new_username: username = '', display_name: displayName, email, role, password } = body;
      const flags = { active: body.active !== undefined, reuseName: body.reuse_name !== undefined };
      const made = await core.users.create({ username, displayName, email, role, password, ...flags }, actor);
      if (!made.ok) return again(call, made.refusal);
      return seeOther(`${userAddress(call, made.value.username)}?done=made`);
    },
  }),
];
