import { identityHeader } from './identity-header.ts';
import { choice, durationOrNone, file, flag, listOrNone } from './parsers.ts';
import { gateway, type Setting, servers } from './setting.ts';
import { upstreamUrl } from './urls.ts';

/** Settings of the upstream and of the headers that it receives. */
export const upstreamSettings = {
  /**
   * The one service behind the gateway: `http://host:port`, below a path where it has one, or
   * `http://unix:/run/app.sock` for a Unix socket (a path behind a second colon: `http://unix:/run/app.sock:/base`). A
   * gateway that only answers forward-auth needs none. Default: none.
   */
  upstream: {
    parser: upstreamUrl,
    help: 'The one service behind the gateway: `http://host:port`, below a path where it has one, or `http://unix:/run/app.sock` for a Unix socket (a path behind a second colon: `http://unix:/run/app.sock:/base`). A gateway that only answers forward-auth needs none.',
    appliesTo: gateway,
    example: 'http://localhost:3000',
  },
  /**
   * The YAML file of the services behind the gateway: hosts, paths, upstreams and the rules of each. It is read again
   * when it changes. `UPSTREAM` may be given beside it, for the hosts that it does not name. Default: none.
   */
  config: {
    parser: file,
    help: 'The YAML file of the services behind the gateway: hosts, paths, upstreams and the rules of each. It is read again when it changes. `UPSTREAM` may be given beside it, for the hosts that it does not name.',
    appliesTo: gateway,
    example: '/etc/gatewarden/gatewarden.yaml',
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
   * A PEM file of certificate authorities to trust for an https upstream, besides the system’s; for self-signed
   * certificates. Default: none.
   */
  upstreamCa: {
    parser: file,
    help: 'A PEM file of certificate authorities to trust for an https upstream, besides the system’s; for self-signed certificates.',
    appliesTo: gateway,
    example: '/etc/gatewarden/upstream-ca.pem',
  },
  /**
   * Whether an upstream may register a service worker whose scope covers `PREFIX`. Such a worker could replace the
   * sign-in page and read passwords. `refuse` also removes those that are registered already. Default: `refuse`.
   */
  serviceWorkers: {
    parser: choice('refuse', 'allow'),
    default: 'refuse',
    help: 'Whether an upstream may register a service worker whose scope covers `PREFIX`. Such a worker could replace the sign-in page and read passwords. `refuse` also removes those that are registered already.',
    appliesTo: gateway,
    example: 'allow',
  },
  /**
   * `true`: an `Authorization` header without a Gatewarden token belongs to the upstream. It is passed on, and is not a
   * credential here. Where a rule requires a role, the request needs a Gatewarden credential beside it (the session
   * cookie or `X-Gatewarden-Token`). `false`: such a header is passed on beside a live session and on `public` rules;
   * elsewhere the answer is 401. Default: `false`.
   */
  upstreamAuthorization: {
    parser: flag,
    default: 'false',
    help: '`true`: an `Authorization` header without a Gatewarden token belongs to the upstream. It is passed on, and is not a credential here. Where a rule requires a role, the request needs a Gatewarden credential beside it (the session cookie or `X-Gatewarden-Token`). `false`: such a header is passed on beside a live session and on `public` rules; elsewhere the answer is 401.',
    appliesTo: gateway,
    example: 'true',
  },
  /**
   * How `%2f` and `%5c` in a path are handled. `judge`: they are read as data and as a separator, and the rules must
   * permit every reading; `refuse`: 400. Guards in Express always refuse them. Default: `judge`.
   */
  encodedSlashes: {
    parser: choice('judge', 'refuse'),
    default: 'judge',
    help: 'How `%2f` and `%5c` in a path are handled. `judge`: they are read as data and as a separator, and the rules must permit every reading; `refuse`: 400. Guards in Express always refuse them.',
    appliesTo: servers,
    example: 'refuse',
  },
  /**
   * The headers that carry the user’s identity to the upstream: `x-forwarded`, `remote`, `x-auth-request`,
   * `x-authentik`, single ones as `Header=field` (`X-Remote-User=user`; fields `user`, `name`, `email`, `role`,
   * `groups`, `id`), a list of these, or `none`. Default: `x-forwarded`.
   */
  identityHeaders: {
    parser: listOrNone(identityHeader),
    default: 'x-forwarded',
    help: 'The headers that carry the user’s identity to the upstream: `x-forwarded`, `remote`, `x-auth-request`, `x-authentik`, single ones as `Header=field` (`X-Remote-User=user`; fields `user`, `name`, `email`, `role`, `groups`, `id`), a list of these, or `none`.',
    appliesTo: gateway,
    example: 'x-forwarded,remote',
  },
} satisfies Readonly<Record<string, Setting>>;
