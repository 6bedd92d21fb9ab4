import { type ErrorCode, ok } from '../../errors.ts';
import { noteAnswer } from '../../request/answer-notes.ts';
import type { RequestHead } from '../../request/extract/head.ts';
import type { Answer } from '../../request/respond/write.ts';
import { type CallContext, type Route, route } from '../route.ts';
import { type FrontProxy, questionAt } from './endpoints.ts';
import { type ForwardAuthAnswer, forwardAuthOf } from './forward-auth.ts';

const refusals: readonly ErrorCode[] = [
  ...(['missing_credential', 'malformed_credential', 'invalid_token', 'token_expired', 'token_revoked'] as const),
  ...(['insufficient_role', 'insufficient_scope', 'approval_unavailable', 'csrf_rejected'] as const),
  ...(['forward_auth_refused', 'validation_failed', 'ambiguous_path', 'misdirected_host', 'not_found'] as const),
];

/** An answer with the headers of a 200. None of them is there twice. */
function answerOf(answered: ForwardAuthAnswer): Answer {
  if (!answered.allow) return answered.answer;
  const { headers } = answered;
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : []));
  return { status: 200, headers: Object.fromEntries(pairs), body: '' };
}

function note({ res }: CallContext, answered: ForwardAuthAnswer): void {
  const { principal, source } = answered.allow ? answered : answered.denied;
  const code = answered.allow ? undefined : answered.denied.refusal.code;
  noteAnswer(res, { user: principal.name, ...(source && { address: source.address }), ...(code && { code }) });
}

async function handle(call: CallContext) {
  const { core, req, prefix } = call;
  const question = questionAt(req.url);
  if (question === undefined) throw new Error(`no endpoint of forward-auth: ${req.path}`);
  const { method, headers, rawHeaders, socket } = req;
  const head: RequestHead = { method, url: req.originalUrl, headers, rawHeaders, socket };
  const answered = await forwardAuthOf(core)(question, head, prefix);
  note(call, answered);
  return ok(answerOf(answered));
}

const signIn = 'A browser’s navigation that is not signed in is sent to the sign-in page, with';

const titles: Readonly<Record<FrontProxy, string>> = {
  nginx: `nginx. ${signIn} 401 and \`X-Gatewarden-Location\``,
  traefik: `Traefik. ${signIn} 302`,
  caddy: `Caddy. ${signIn} 302`,
  envoy: `Envoy (HTTP ext_authz), which asks with any method, and with the original target below the path. ${signIn} 302`,
};

const endpoint = (front: FrontProxy): Route =>
  route({
    method: 'get',
    path: front === 'envoy' ? '/verify/envoy/{target}' : `/verify/${front}`,
    ...(front === 'envoy' && { everyMethod: true }),
    summary: `Whether a front proxy may pass on the request that it asks about: ${titles[front]}.`,
    tag: 'forward-auth',
    surface: 'original-request',
    guard: 'anyone',
    refusals,
    answers: { 200: { description: 'It may, with these headers in place of the client’s.' } },
    handle,
  });

export const verifyRoutes: readonly Route[] = [
  endpoint('nginx'),
  endpoint('traefik'),
  endpoint('caddy'),
  endpoint('envoy'),
];
