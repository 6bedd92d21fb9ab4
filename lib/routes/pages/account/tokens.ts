import { z } from 'zod';
import { errorTable, type Refusal, type Result, refused } from '../../errors.ts';
import { type FormOutcome, newTokenPage, revokeTokenPage, waiting } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import { changePassword } from '../changing-password.ts';
import { html, retryAfter, seeOther } from '../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../route.ts';
import { accountAnswer } from './account.ts';
import { field, page, redirect, viewerFrameOf } from './page.ts';

const passwordForm = z.object({ current_password: field, new_password: field });
const tokenForm = z.object({ name: field, role: field, days: field, current_password: field });
const revokeForm = z.object({ name: field, current_password: field });

const day = 86_400_000;

/** The sentence at the top of a form that was refused. */
function sentence({ code, detail, retryAfter: seconds, problems = [] }: Refusal): string {
  if (code === 'rate_limited') return `Too many attempts. ${waiting(seconds) ?? 'Try again later.'}`;
  if (code === 'confirmation_required') return 'Your current password is not right.';
  return problems.length > 0 ? 'Please look at the fields again.' : (detail ?? errorTable[code].title);
}

/** Names of fields in sentences. */
const labels: Readonly<Record<string, string>> = { new_password: 'new password' };

function problemsOf({ code, problems = [] }: Refusal): Readonly<Record<string, string>> {
  if (code === 'confirmation_required') return { current_password: 'Type the password that you signed in with.' };
  return Object.fromEntries(
    problems.map(({ field: name, message }) => [name, `The ${labels[name] ?? name} ${message}.`]),
  );
}

/** Refusals that the form shows. Others get the error page. */
const shownOnForm: ReadonlySet<string> = new Set([
  'confirmation_required',
  'rate_limited',
  'validation_failed',
  'conflict',
]);

/** The account page with the problems of one of its forms. */
async function again(
  call: CallContext,
  refusal: Refusal,
  form: Readonly<{ failed: 'password' | 'token'; tokenName?: string }>,
): Promise<Result<Answer>> {
  if (!shownOnForm.has(refusal.code)) return { ok: false, refusal };
  const outcome: FormOutcome = { ...form, problem: sentence(refusal), problems: problemsOf(refusal) };
  const shown = await accountAnswer(call, errorTable[refusal.code].status, outcome);
  return shown.ok
    ? { ok: true, value: { ...shown.value, headers: { ...shown.value.headers, ...retryAfter(refusal) } } }
    : shown;
}

const tokenAgain = (call: Call<z.output<typeof tokenForm>>, refusal: Refusal): Promise<Result<Answer>> =>
  again(call, refusal, { failed: 'token', tokenName: call.body.name ?? '' });

/** The question with the problem. A token that does not exist gets the error page, 404. */
async function revokeAgain(call: Call<z.output<typeof revokeForm>>, refusal: Refusal): Promise<Result<Answer>> {
  if (!shownOnForm.has(refusal.code)) return { ok: false, refusal };
  const shown = revokeTokenPage(viewerFrameOf(call), {
    username: call.principal.name,
    name: call.body.name ?? '',
    asksPassword: await needsPassword(call),
    problem: sentence(refusal),
  });
  return html(errorTable[refusal.code].status, shown, retryAfter(refusal));
}

const hasToken = async ({ core, principal }: CallContext, name: string | undefined): Promise<boolean> =>
  (await core.tokens.list(principal.name)).items.some((one) => one.name === name);

const described = { tag: 'pages', surface: 'own', guard: 'self' } as const;

export const accountFormRoutes = [
  route({
    ...described,
    method: 'post',
    path: '/account/password',
    summary: 'Change your password by the form of the account page; ends your other sessions.',
    scope: 'gatewarden:write',
    body: { as: 'form', schema: passwordForm },
    answers: {
      303: redirect('Changed: back to the account page.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    async handle(call) {
      const { current_password: current, new_password: next = '' } = call.body;
      const changed = await changePassword(call, { current, next });
      if (!changed.ok) return again(call, changed.refusal, { failed: 'password' });
      return seeOther(`${call.prefix}/account?done=password`);
    },
  }),
  route({
    ...described,
    method: 'post',
    path: '/account/tokens',
    summary: 'Make an API token by the form of the account page.',
    scope: 'gatewarden:write',
    confirm: true,
    body: { as: 'form', schema: tokenForm },
    answers: {
      200: page('The token, shown this once.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      409: page('The name is taken.'),
      429: page('Too many attempts.'),
    },
    unconfirmed: tokenAgain,
    async handle(call) {
      const { core, body, principal, actor } = call;
      const days = z.enum(['', '30', '90', '365']).safeParse(body.days ?? '');
      if (!days.success) return refused('validation_failed');
      const expiresAt = days.data === '' ? undefined : Date.now() + Number(days.data) * day;
      const wanted = { name: body.name ?? '', role: body.role || undefined, expiresAt };
      const made = await core.tokens.create(principal.name, wanted, actor);
      if (!made.ok) return tokenAgain(call, made.refusal);
      return html(200, newTokenPage(viewerFrameOf(call), { name: made.value.view.name, token: made.value.token }));
    },
  }),
  route({
    ...described,
    method: 'get',
    path: '/account/revoke-token',
    summary: 'The page that asks before an API token is revoked.',
    scope: 'gatewarden:read',
    query: z.object({ name: field }),
    answers: { 200: page('The question.') },
    refusals: ['not_found'],
    async handle(call) {
      const { name = '' } = call.query;
      if (!(await hasToken(call, name))) return refused('not_found');
      const asksPassword = await needsPassword(call);
      return html(200, revokeTokenPage(viewerFrameOf(call), { username: call.principal.name, name, asksPassword }));
    },
  }),
  route({
    ...described,
    method: 'post',
    path: '/account/revoke-token',
    summary: 'Revoke an API token by that page.',
    scope: 'gatewarden:write',
    confirm: true,
    body: { as: 'form', schema: revokeForm },
    answers: {
      303: redirect('Revoked: back to the account page.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    refusals: ['not_found'],
    unconfirmed: revokeAgain,
    async handle({ core, body, principal, actor, prefix }) {
      const revoked = await core.tokens.revoke(principal.name, body.name ?? '', actor);
      return revoked.ok ? seeOther(`${prefix}/account?done=revoked`) : revoked;
    },
  }),
];
