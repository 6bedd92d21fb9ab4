import { z } from 'zod';
import { errorTable, ok, type Refusal, type Result, refused } from '../../errors.ts';
import { deviceDecisionPage, deviceDonePage, devicePage, type Words } from '../../pages/index.ts';
import { tooManyText } from '../../pages/refusal-text.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { DeviceApproval, DeviceRequest } from '../../services.ts';
import { publicClient } from '../../stores/records/kinds/client.ts';
import { html, retryAfter } from '../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../route.ts';
import { field, frameOf, page, wordsFor } from './page.ts';

const form = z.object({ user_code: field, action: field, current_password: field });
type FormCall = Call<z.output<typeof form>>;

/** A token or auto-login is not a person at a browser: it gets the sign-in page. */
const isPerson = ({ principal }: CallContext): boolean => principal.kind === 'user' && principal.via === 'session';

const notSignedIn = refused('missing_credential', { detail: 'Sign in with a browser to let a device sign in.' });

/** Refusals that are shown on the form for the code, with their sentence. Others get the error page. */
function problemWithCode(words: Words, { code, retryAfter: seconds }: Refusal): string | undefined {
  if (code === 'not_found') return words.text('device.badCode');
  return code === 'rate_limited' ? tooManyText(words, seconds) : undefined;
}

/** The form for the code again, with what is wrong. The same for a wrong code, an expired one and one that is decided. */
function codeAgain(call: FormCall, refusal: Refusal): Result<Answer> {
  const problem = problemWithCode(wordsFor(call), refusal);
  if (problem === undefined) return { ok: false, refusal };
  const shown = { name: call.principal.name, userCode: call.body.user_code?.slice(0, 32) ?? '', problem };
  return html(errorTable[refusal.code].status, devicePage(frameOf(call), shown), retryAfter(refusal));
}

/** The page with the question; `problem` is about the password. */
async function question(call: FormCall, request: DeviceRequest, problem?: string): Promise<string> {
  const { clientId, ...device } = request;
  const client = clientId === publicClient ? wordsFor(call).text('device.command') : clientId;
  const asksPassword = await needsPassword(call);
  const shown = { ...device, client, name: call.principal.name, asksPassword, ...(problem && { problem }) };
  return deviceDecisionPage(frameOf(call), shown);
}

async function ask(call: FormCall): Promise<Result<Answer>> {
  const found = await call.core.devices.find(call.body.user_code, call.actor);
  return found.ok ? html(200, await question(call, found.value)) : codeAgain(call, found.refusal);
}

/** The sentence beside the password, where the page is shown again for it. */
function problemWithPassword(words: Words, { code, retryAfter: seconds }: Refusal): string | undefined {
  if (code === 'confirmation_required') return words.text('problems.wrongPassword');
  return code === 'rate_limited' ? tooManyText(words, seconds) : undefined;
}

async function passwordAgain(call: FormCall, refusal: Refusal): Promise<Result<Answer>> {
  const problem = problemWithPassword(wordsFor(call), refusal);
  if (problem === undefined) return { ok: false, refusal };
  const found = await call.core.devices.find(call.body.user_code, call.actor);
  if (!found.ok) return codeAgain(call, found.refusal);
  return html(errorTable[refusal.code].status, await question(call, found.value, problem), retryAfter(refusal));
}

/** How the person approves: by their password, where the page asks for it. */
async function approvalOf(call: FormCall): Promise<Result<DeviceApproval>> {
  const { core, actor, body } = call;
  if (!(await needsPassword(call))) return ok({ kind: 'untyped' });
  const confirmed = await core.signIn.confirm(actor, body.current_password);
  return confirmed.ok ? ok({ kind: 'typed', epoch: confirmed.value.epoch }) : confirmed;
}

async function approve(call: FormCall): Promise<Result<Answer>> {
  const approval = await approvalOf(call);
  if (!approval.ok) return passwordAgain(call, approval.refusal);
  const approved = await call.core.devices.approve(call.body.user_code, approval.value, call.actor);
  return approved.ok ? html(200, deviceDonePage(frameOf(call), 'approved')) : codeAgain(call, approved.refusal);
}

async function deny(call: FormCall): Promise<Result<Answer>> {
  const denied = await call.core.devices.deny(call.body.user_code, call.actor);
  return denied.ok ? html(200, deviceDonePage(frameOf(call), 'denied')) : codeAgain(call, denied.refusal);
}

/** The steps of the page by the value of `action`. Without one, the code is looked up. */
const steps: ReadonlyMap<string | undefined, (call: FormCall) => Promise<Result<Answer>>> = new Map([
  [undefined, ask],
  ['approve', approve],
  ['deny', deny],
]);

const described = { tag: 'pages', path: '/device', surface: 'own', guard: 'signed-in' } as const;

export const devicePageRoutes = [
  route({
    ...described,
    method: 'get',
    summary: 'The page that asks for the code of a device; `user_code` fills it in.',
    query: z.object({ user_code: field }),
    answers: { 200: page('The form.') },
    // The code is not looked up: a link that somebody sends neither shows nor counts anything.
    async handle(call) {
      if (!isPerson(call)) return notSignedIn;
      const userCode = call.query.user_code?.slice(0, 32) ?? '';
      return html(200, devicePage(frameOf(call), { name: call.principal.name, userCode }));
    },
  }),
  route({
    ...described,
    method: 'post',
    summary: 'Look at the device of a code; `action` approves or denies it.',
    scope: 'gatewarden:write',
    body: { as: 'form', schema: form },
    answers: {
      200: page('Who asks, or what became of it.'),
      400: page('The form was not one of this page.'),
      403: page('The current password is not right.'),
      404: page('There is no request with this code that waits.'),
      429: page('Too many attempts.'),
    },
    async handle(call) {
      if (!isPerson(call)) return notSignedIn;
      const step = steps.get(call.body.action);
      return step === undefined ? refused('validation_failed') : step(call);
    },
  }),
];
