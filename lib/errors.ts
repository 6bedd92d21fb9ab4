/**
 * Every error code that Gatewarden answers with: the HTTP status and the title that a client may read.
 * The table is closed: a code that is not here cannot be answered, and `docs/errors.md` holds the same codes.
 */
export const errorTable = {
  missing_credential: { status: 401, title: 'Sign in to continue.' },
  malformed_credential: { status: 400, title: 'The credentials could not be read.' },
  invalid_token: { status: 401, title: 'The credential is not valid.' },
  token_expired: { status: 401, title: 'The credential has expired.' },
  token_revoked: { status: 401, title: 'The credential has been revoked.' },
  invalid_credentials: { status: 401, title: 'The name or the password is not right.' },
  account_pending: { status: 403, title: 'The account waits for an administrator to activate it.' },
  account_disabled: { status: 403, title: 'The account is disabled.' },
  insufficient_role: { status: 403, title: 'Your role does not allow this.' },
  insufficient_scope: { status: 403, title: 'The credential does not hold the scope that this needs.' },
  confirmation_required: { status: 403, title: 'Confirm this with your current password.' },
  auth_disabled: { status: 403, title: 'Authentication is switched off here.' },
  signup_closed: { status: 403, title: 'Sign-up is closed.' },
  csrf_rejected: { status: 403, title: 'The request did not come from one of our own pages.' },
  rate_limited: { status: 429, title: 'Too many attempts. Try again later.' },
  method_not_allowed: { status: 405, title: 'This method is not served here. The Allow header lists those that are.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  conflict: { status: 409, title: 'This conflicts with what is already there.' },
  validation_failed: { status: 400, title: 'The request is not valid.' },
  unsupported_media_type: { status: 415, title: 'The body must be of another media type.' },
  headers_too_large: { status: 431, title: 'The headers of the request are too large.' },
  payload_too_large: { status: 413, title: 'The body is too large.' },
  ambiguous_path: { status: 400, title: 'The path can be read in more than one way.' },
  misdirected_host: {
    status: 421,
    title: 'This host does not answer that. GATEWARDEN_ALLOWED_HOSTS lists the hosts that are served.',
  },
  forward_auth_refused: { status: 403, title: 'Forward-auth does not answer this.' },
  approval_unavailable: { status: 403, title: 'This needs an approval that cannot be given here.' },
  store_unavailable: { status: 503, title: 'Sign-in is briefly unavailable. Try again.' },
  upstream_unreachable: { status: 502, title: 'The service behind this gateway cannot be reached.' },
  upstream_timeout: { status: 504, title: 'The service behind this gateway did not answer in time.' },
  upstream_busy: { status: 503, title: 'The service behind this gateway is busy. Try again.' },
  loop_detected: { status: 508, title: 'The request came back to this gateway from the service behind it.' },
  upstream_invalid: { status: 502, title: 'What the service behind this gateway answered is not valid HTTP.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/** One thing wrong with one field of a request: `field` is a path such as `username`, `message` says what is wrong. */
export type FieldProblem = Readonly<{ field: string; message: string }>;

/**
 * A refusal, as a value: "no" is an ordinary answer of this domain, never an exception.
 * `detail` may be shown to the client; `retryAfter` is in seconds.
 */
export type Refusal = Readonly<{
  code: ErrorCode;
  detail?: string | undefined;
  retryAfter?: number | undefined;
  problems?: readonly FieldProblem[] | undefined;
  /** With `insufficient_scope`: the scope that is required. */
  scope?: string | undefined;
  /** With `insufficient_role` and `approval_unavailable`: the lowest role that would do. For pages; no client is told. */
  role?: string | undefined;
  /** With `store_unavailable`: the change is made here, and the other instances are still being told of it. */
  applied?: true | undefined;
}>;

/** The result of an operation that may be refused: its value, or the refusal. */
export type Result<T> = Readonly<{ ok: true; value: T }> | Readonly<{ ok: false; refusal: Refusal }>;

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const refused = (code: ErrorCode, more: Omit<Refusal, 'code'> = {}): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code, ...more },
});

/**
 * A refusal as an exception, for Express's `next(error)` and for the guards of user code.
 * `status` is the HTTP status of the code; the private reason belongs in `cause` and is never sent.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly refusal: Refusal;
  constructor(refusal: Refusal, options?: { cause?: unknown }) {
    super(refusal.detail ?? errorTable[refusal.code].title, options);
    this.code = refusal.code;
    this.status = errorTable[refusal.code].status;
    this.refusal = refusal;
  }
}

/** An outage: a store cannot answer, or not in time. Always ends in 503 with `Retry-After`, never in a pass. */
export class StoreUnavailableError extends Error {
  override readonly name: string = 'StoreUnavailableError';
  /** The status that Express's own error handler answers with. */
  readonly status: number = 503;
  /** The headers that Express's own error handler answers with. */
  readonly headers: Readonly<Record<string, string>> = Object.freeze({ 'Retry-After': '2' });
  /** Which store: `sqlite`, `mongodb`, `redis`, or `hashing` for a full password queue. */
  readonly store: string;
  constructor(store: string, options?: { cause?: unknown }) {
    super(`the ${store} store cannot answer`, options);
    this.store = store;
  }
}

/**
 * A change was made in the store, but not every other instance could be told of it: those may accept for a while what it
 * ended. Telling goes on in the background, and repeating the call tells again. Ends in 503 with `applied: true`.
 */
export class NotToldError extends StoreUnavailableError {
  override readonly name = 'NotToldError';
  readonly applied = true;
  override readonly message = 'the change is made, but the other instances could not be told of it yet';
}

/**
 * The configuration is not valid. `problems` has every problem, a sentence each, none with the value of a secret. Thrown at
 * start only; the command ends with exit code 5.
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: { cause?: unknown }) {
    super(['the configuration is not valid:', ...problems].join('\n- '), options);
    this.problems = Object.freeze([...problems]);
  }
}
