import { choice, flag, listOrNone } from './parsers.ts';
import { gateway, type Setting, servers } from './setting.ts';
import { origin } from './urls.ts';

/** The service behind the gateway, and what it is told. */
export const upstreamSettings = {
  /** The one service behind the gateway. Default: none. */
  upstream: {
    parser: origin(
      'must be an http or https URL without credentials, path, query or fragment: paths are forwarded as they come',
    ),
    help: 'The one service behind the gateway.',
    appliesTo: gateway,
    example: 'http://localhost:3000',
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
   * The headers that tell upstreams who asks: `x-forwarded`, `remote`, `x-auth-request`, `x-authentik`, a list of them,
   * or `none`. Default: `x-forwarded`.
   */
  identityHeaders: {
    parser: listOrNone(choice('x-forwarded', 'remote', 'x-auth-request', 'x-authentik')),
    default: 'x-forwarded',
    help: 'The headers that tell upstreams who asks: `x-forwarded`, `remote`, `x-auth-request`, `x-authentik`, a list of them, or `none`.',
    appliesTo: gateway,
    example: 'x-forwarded,remote',
  },
} satisfies Readonly<Record<string, Setting>>;
