const signIn = 'Sign in with `gatewarden auth login`, or give a token in GATEWARDEN_TOKEN.';
const reach = 'Check that the gateway runs, and its address: `gatewarden context show` or --server.';

/** What to do next after an error, by its code: a code of the API, of the command, or of the system. */
const hints: Readonly<Record<string, string>> = {
  missing_credential: signIn,
  malformed_credential: signIn,
  invalid_token: signIn,
  token_expired: signIn,
  token_revoked: signIn,
  not_signed_in: signIn,
  invalid_client: 'Check client-id and client-secret of the context: `gatewarden context set-value client-secret -`.',
  invalid_credentials: 'Check the name and the password.',
  account_pending: 'An admin activates it: `gatewarden user activate NAME`.',
  account_disabled: 'An admin activates it again: `gatewarden user activate NAME`.',
  insufficient_role: 'Sign in as somebody with a higher role: `gatewarden auth login`.',
  insufficient_scope: 'Use a credential that holds this scope, or sign in: `gatewarden auth login`.',
  confirmation_required: 'Give your own password: --current-password-stdin or --current-password-file.',
  auth_disabled: 'This server runs with GATEWARDEN_AUTH_ENABLED=false.',
  validation_failed: 'Correct what is listed, and repeat the command.',
  rate_limited: 'Wait a while, then try again.',
  store_unavailable: 'Try again. On its machine `gatewarden check` says which store does not answer.',
  misdirected_host: 'Use the address that the gateway knows as its own (GATEWARDEN_PUBLIC_URL).',
  ECONNREFUSED: reach,
  ENOTFOUND: reach,
  ETIMEDOUT: reach,
};

/** The hint for an error code; `undefined` when there is nothing to say. */
export const hintOf = (code: string): string | undefined => (Object.hasOwn(hints, code) ? hints[code] : undefined);
