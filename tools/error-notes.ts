import type { ErrorCode } from '../lib/errors.ts';

/** For each code: when it is answered, and what to do about it. */
export const errorNotes: Readonly<Record<ErrorCode, string>> = {
  missing_credential:
    'The request presents no credential, and the resource needs one. Sign in, or send an API token or access token as `Authorization: Bearer …`.',
  malformed_credential:
    'The credentials cannot be read: two `Authorization` headers, an empty Bearer, or two valid credentials of different people. Send exactly one.',
  invalid_token:
    'The token or the session is not one of this installation, was altered, or was made for another audience. Sign in again or make a new token.',
  token_expired: 'The token or the session has run out. Refresh it, or sign in again.',
  token_revoked:
    'The token or the session was ended: by signing out, by its owner or an admin, or because the password, the role or the activity of its owner changed. Sign in again.',
  invalid_credentials:
    'The name is unknown, the password is wrong, or the account has no password: the answer is the same for all. Try again; an admin can set a new password.',
  account_pending: 'The password is right, but nobody has activated the account yet. Ask an administrator.',
  account_disabled: 'The password is right, but the account was deactivated. Ask an administrator.',
  insufficient_role:
    'You are signed in, and your role is below the one that the rule or the guard requires. `gatewarden explain METHOD URL --as USER` shows which rule decided.',
  insufficient_scope:
    'The credential does not hold the scope that is needed, though its owner’s role might. Make a token with that scope.',
  confirmation_required:
    'Calls that create or change a credential, user or role need `current_password` in the same request when they are made with a session cookie, or with an access token whose sign-in is older than `CONFIRM_WITHIN` or that was minted: it is missing, or it is not right. Send it along, sign in again for a fresh access token, or use an API token; five wrong ones in a session are followed by `rate_limited`.',
  auth_disabled:
    'The server runs with `AUTH_ENABLED=false`: its own pages and API are switched off. Switch it on to use them.',
  signup_closed:
    'People cannot sign themselves up here: `SIGNUP` is `closed`, or there is no admin yet. Ask an administrator for an account.',
  csrf_rejected:
    'A changing request that is not signed in by a Bearer must come from our own page, and `Sec-Fetch-Site` or `Origin` says otherwise or is missing. Scripts should use a token; behind a proxy see `PUBLIC_URL`.',
  rate_limited:
    'Too many attempts failed, from this address, for this user or in this session, several are being checked at this moment, or too many people signed themselves up from this address. Wait for as many seconds as `Retry-After` says.',
  method_not_allowed:
    'The path is one of Gatewarden’s own, but not with this method. The `Allow` header lists the methods that it answers.',
  not_found: 'There is nothing at this address, or nothing that you may know of. Check the path and the name.',
  conflict:
    'It would clash with what is there: a name or address that is taken, or the last admin; or an admin would delete, deactivate or lower themself. The `detail` says which. Change the request, or what it clashes with.',
  validation_failed: 'A field is missing, unknown or not of its form. `errors` lists each as `{field, message}`.',
  unsupported_media_type:
    'The call takes JSON, and the body was declared as something else. Send `Content-Type: application/json`.',
  headers_too_large:
    'The request line and the headers are longer than `limits.headers` of the route allows. Cookies are the usual reason: remove those that are not needed.',
  payload_too_large: 'The body is larger than the call takes. Send less.',
  ambiguous_path:
    'The path can be read in more than one way (dot segments, `//`, `%2f`, `\\`, malformed escapes …), or the request names two hosts. Send the plain form of the path.',
  misdirected_host:
    'The Host header names a host that is not served here. Use the address of `PUBLIC_URL`, or add the host to `ALLOWED_HOSTS`. With `ADMIN_URL` set, account and admin pages and calls made with a cookie are answered there only: `detail` names it. A script can use a token at any host.',
  forward_auth_refused:
    'The front proxy that asks is not one of `TRUSTED_PROXIES`, or did not send `PROXY_SECRET`; or it asked about one of Gatewarden’s own paths, which it must send to Gatewarden instead; or about the script of a service worker that could replace Gatewarden’s pages. `detail` says which.',
  approval_unavailable:
    'The rule requires an approval that cannot be given in this way. Ask a user whose role needs none.',
  store_unavailable:
    'A store cannot answer, or more passwords wait to be checked than can be. Nothing was let through. Try again after `Retry-After`; `readyz` says which store. With `"applied": true` in the body the change is made and stands, but other instances could not be told of it yet, and may accept for some seconds what it ended: repeat the call until it succeeds to be sure that it holds everywhere. A repetition needs no other credential, even if the call ended its own.',
  upstream_unreachable:
    'The service behind the gateway refuses connections, cannot be found, or broke off. See that it runs and that `UPSTREAM` is right.',
  upstream_timeout: 'The service behind the gateway was reached and did not answer in time. Look at the service.',
  upstream_busy:
    'More requests are under way to the service, or more of them from this address, than it may get at once, and those that wait for a turn are too many too. Try again after `Retry-After`; look at why the service is slow.',
  loop_detected:
    'The address of the upstream leads back to this gateway, directly or through another proxy: the request carries the `X-Gatewarden-Hop` that the gateway gave it on its first way through the same route. Correct the address of the upstream.',
  upstream_invalid:
    'The service behind the gateway was reached, and what it sent is no HTTP/1.1 answer: another protocol, headers above 64 KiB, a transfer coding that nobody asked for, or an upgrade that nobody asked for. See that `UPSTREAM` names the right port and scheme.',
};
