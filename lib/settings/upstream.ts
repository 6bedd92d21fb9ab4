import { identityHeader } from './identity-header.ts';
import { choice, durationOrNone, file, flag, listOrNone } from './parsers.ts';
import { gateway, type Setting, servers } from './setting.ts';
import { upstreamUrl } from './urls.ts';

/** The service behind the gateway, and what it is told. */
export const upstreamSettings = {
  /**
   * The one service behind the gateway: `http://host:port`, below a path where it has one, or
   * `http://unix:/run/app.sock` for a Unix socket (a path behind a second colon: `http://unix:/run/app.sock:/base`).
   * Default: none.
   */
  upstream: {
    parser: upstreamUrl,
    help: 'The one service behind the gateway: `http://host:port`, below a path where it has one, or `http://unix:/run/app.sock` for a Unix socket (a path behind a second colon: `http://unix:/run/app.sock:/base`).',
    appliesTo: gateway,
    example: 'http://localhost:3000',
  },
  /**
   * How long the upstream may take from a request’s last byte to the head of its answer, and how long it may be silent
   * within the answer. `0` sets no limit. Event streams and WebSockets have none. Default: `5m`.
   */
  upstreamTimeout: {
    parser: durationOrNone,
    default: '5m',
    help: 'How long the upstream may take from a request’s last byte to the head of its answer, and how long it may be silent within the answer. `0` sets no limit. Event streams and WebSockets have none.',
    appliesTo: gateway,
    example: '30s',
  },
  /**
   * A PEM file of authorities that an https upstream’s certificate is checked by, besides the system’s: for self-signed
   * ones. Default: none.
   */
  upstreamCa: {
    parser: file,
    help: 'A PEM file of authorities that an https upstream’s certificate is checked by, besides the system’s: for self-signed ones.',
    appliesTo: gateway,
    example: '/etc/gatewarden/upstream-ca.pem',
  },
  /**
   * Whether an upstream may keep a service worker whose scope covers `PREFIX`. Such a one could replace the sign-in
   * page and read passwords. `refuse` removes those that are registered already, too. Default: `refuse`.
   */
  serviceWorkers: {
    parser: choice('refuse', 'allow'),
    default: 'refuse',
    help: 'Whether an upstream may keep a service worker whose scope covers `PREFIX`. Such a one could replace the sign-in page and read passwords. `refuse` removes those that are registered already, too.',
    appliesTo: gateway,
    example: 'allow',
  },
  /**
   * An `Authorization` header that is none of ours is the upstream’s business: it is passed on and is no credential.
   * Where a rule asks for a role, the request needs a credential of ours beside it (the session cookie or
   * `X-Gatewarden-Token`); on a `public` rule the service decides by it. With `false` such a header is passed on beside
   * a live session and on public rules, and alone it is 401. Default: `false`.
   */
  upstreamAuthorization: {
    parser: flag,
    default: 'false',
    help: 'An `Authorization` header that is none of ours is the upstream’s business: it is passed on and is no credential. Where a rule asks for a role, the request needs a credential of ours beside it (the session cookie or `X-Gatewarden-Token`); on a `public` rule the service decides by it. With `false` such a header is passed on beside a live session and on public rules, and alone it is 401.',
    appliesTo: gateway,
    example: 'true',
  },
  /**
   * How `%2f` and `%5c` in a path are taken. `judge`: they are read as data and as a separator, and the rules must
   * permit every reading; `refuse`: 400. Guards in Express refuse them always. Default: `judge`.
   */
  encodedSlashes: {
    parser: choice('judge', 'refuse'),
    default: 'judge',
    help: 'How `%2f` and `%5c` in a path are taken. `judge`: they are read as data and as a separator, and the rules must permit every reading; `refuse`: 400. Guards in Express refuse them always.',
    appliesTo: servers,
    example: 'refuse',
  },
  /**
   * The headers that tell upstreams who asks: `x-forwarded`, `remote`, `x-auth-request`, `x-authentik`, single ones as
   * `Header=field` (`X-Remote-User=user`; fields `user`, `name`, `email`, `role`, `groups`, `id`), a list of these, or
   * `none`. Default: `x-forwarded`.
   */
  identityHeaders: {
    parser: listOrNone(identityHeader),
    default: 'x-forwarded',
    help: 'The headers that tell upstreams who asks: `x-forwarded`, `remote`, `x-auth-request`, `x-authentik`, single ones as `Header=field` (`X-Remote-User=user`; fields `user`, `name`, `email`, `role`, `groups`, `id`), a list of these, or `none`.',
    appliesTo: gateway,
    example: 'x-forwarded,remote',
  },
} satisfies Readonly<Record<string, Setting>>;
