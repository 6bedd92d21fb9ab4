import { choice, duration, flag } from './parsers.ts';
import { everywhere, type Setting, servers } from './setting.ts';
import { issuer } from './urls.ts';

/** Settings of access and refresh tokens. */
export const tokensSettings = {
  /**
   * `iss` and default `aud` of our tokens. Instances and apps that share a store share it. Default: `PUBLIC_URL` +
   * `PREFIX`.
   */
  issuer: {
    parser: issuer,
    defaultInWords: '`PUBLIC_URL` + `PREFIX`',
    help: '`iss` and default `aud` of our tokens. Instances and apps that share a store share it.',
    appliesTo: everywhere,
    example: 'https://app.example.com/_gatewarden',
  },
  /** How long an access token is valid. Default: `1h`. */
  accessTokenLifetime: {
    parser: duration,
    default: '1h',
    help: 'How long an access token is valid.',
    appliesTo: servers,
    example: '15m',
  },
  /** How long a refresh token is valid. Default: `30d`. */
  refreshTokenLifetime: {
    parser: duration,
    default: '30d',
    help: 'How long a refresh token is valid.',
    appliesTo: servers,
    example: '7d',
  },
  /** The algorithm that signs access tokens and assertions: `EdDSA` or `ES256`. Default: `EdDSA`. */
  tokenAlgorithm: {
    parser: choice('EdDSA', 'ES256'),
    default: 'EdDSA',
    help: 'The algorithm that signs access tokens and assertions: `EdDSA` or `ES256`.',
    appliesTo: everywhere,
    example: 'ES256',
  },
  /**
   * `true`: the OAuth grant `password` is offered to old clients, which then see the passwords of users. RFC 9700
   * advises against it. Default: `false`.
   */
  passwordGrant: {
    parser: flag,
    default: 'false',
    help: '`true`: the OAuth grant `password` is offered to old clients, which then see the passwords of users. RFC 9700 advises against it.',
    appliesTo: servers,
    example: 'true',
  },
} satisfies Readonly<Record<string, Setting>>;
