import { listenHost, network, servedHost } from './addresses.ts';
import { anyText, file, flag, headerSecret, listOf, wholeNumber } from './parsers.ts';
import { everywhere, gateway, type Setting, servers } from './setting.ts';
import { origin, pathPrefix } from './urls.ts';

/** Settings of the listening address, the public URL, trusted proxies, hosts and rules. */
export const servingSettings = {
  /**
   * The address that the gateway listens on. The Docker image sets `0.0.0.0`. Any but a loopback address needs
   * `PUBLIC_URL`. Default: `127.0.0.1`.
   */
  host: {
    parser: listenHost,
    default: '127.0.0.1',
    help: 'The address that the gateway listens on. The Docker image sets `0.0.0.0`. Any but a loopback address needs `PUBLIC_URL`.',
    appliesTo: gateway,
    example: '0.0.0.0',
  },
  /** The port that the gateway listens on; 0 takes any that is free. Default: `8080`. */
  port: {
    parser: wholeNumber(0, 65_535),
    default: '8080',
    help: 'The port that the gateway listens on; 0 takes any that is free.',
    appliesTo: gateway,
    example: '8443',
  },
  /**
   * A PEM file with the certificate of the gateway, and those between it and its authority: connections are TLS then,
   * with HTTP/2 and HTTP/1.1. Read again when it changes. Needs `TLS_KEY`; `PUBLIC_URL` is https then. Default: none.
   */
  tlsCert: {
    parser: file,
    help: 'A PEM file with the certificate of the gateway, and those between it and its authority: connections are TLS then, with HTTP/2 and HTTP/1.1. Read again when it changes. Needs `TLS_KEY`; `PUBLIC_URL` is https then.',
    appliesTo: gateway,
    example: '/etc/gatewarden/tls/fullchain.pem',
  },
  /** A PEM file with the private key of `TLS_CERT`, without a passphrase. Read again when it changes. Default: none. */
  tlsKey: {
    parser: file,
    help: 'A PEM file with the private key of `TLS_CERT`, without a passphrase. Read again when it changes.',
    appliesTo: gateway,
    example: '/etc/gatewarden/tls/key.pem',
  },
  /**
   * The address that people use. It alone decides `Secure` cookies, redirects and Origin checks. Needed when `HOST` is
   * not loopback; without it the middleware serves loopback hosts only. Default: from the request’s Host while on
   * loopback.
   */
  publicUrl: {
    parser: origin('must be an http or https URL without credentials, path, query or fragment'),
    defaultInWords: 'from the request’s Host while on loopback',
    help: 'The address that people use. It alone decides `Secure` cookies, redirects and Origin checks. Needed when `HOST` is not loopback; without it the middleware serves loopback hosts only.',
    appliesTo: everywhere,
    example: 'https://app.example.com',
  },
  /**
   * An origin of its own for the account and admin pages and for API calls made with a cookie, which are answered
   * nowhere else then. Nothing of the upstream is served there, so that its scripts can do none of these in a user’s
   * name; calls with a cookie need no `current_password` there. Needs a `PUBLIC_URL` of the same scheme. Without
   * `COOKIE_DOMAIN`, and without `sign_in: public-url` in the file of `CONFIG`, people sign in at each of the two.
   * Default: none.
   */
  adminUrl: {
    parser: origin('must be an http or https URL without credentials, path, query or fragment'),
    help: 'An origin of its own for the account and admin pages and for API calls made with a cookie, which are answered nowhere else then. Nothing of the upstream is served there, so that its scripts can do none of these in a user’s name; calls with a cookie need no `current_password` there. Needs a `PUBLIC_URL` of the same scheme. Without `COOKIE_DOMAIN`, and without `sign_in: public-url` in the file of `CONFIG`, people sign in at each of the two.',
    appliesTo: servers,
    example: 'https://accounts.example.com',
  },
  /**
   * `true`: the HSTS header of Gatewarden’s own answers covers the subdomains of `PUBLIC_URL`, too. It is sent where
   * `PUBLIC_URL` is https. Default: `false`.
   */
  hstsSubdomains: {
    parser: flag,
    default: 'false',
    help: '`true`: the HSTS header of Gatewarden’s own answers covers the subdomains of `PUBLIC_URL`, too. It is sent where `PUBLIC_URL` is https.',
    appliesTo: servers,
    example: 'true',
  },
  /** The path that the gateway’s own pages and API live below. Default: `/_gatewarden`. */
  prefix: {
    parser: pathPrefix,
    default: '/_gatewarden',
    help: 'The path that the gateway’s own pages and API live below.',
    appliesTo: ['gateway', 'command'],
    example: '/auth',
  },
  /** Networks (CIDR) of proxies whose `X-Forwarded-*` headers are trusted. Default: none. */
  trustedProxies: {
    parser: listOf(network),
    default: '',
    help: 'Networks (CIDR) of proxies whose `X-Forwarded-*` headers are trusted.',
    appliesTo: servers,
    example: '10.0.0.0/8,fd00::/8',
  },
  /**
   * A secret that a trusted proxy must send as well, in `X-Gatewarden-Proxy-Secret`, before its headers are trusted.
   * Never passed on. Default: none.
   */
  proxySecret: {
    parser: headerSecret,
    secret: true,
    help: 'A secret that a trusted proxy must send as well, in `X-Gatewarden-Proxy-Secret`, before its headers are trusted. Never passed on.',
    appliesTo: servers,
    example: '16 or more characters of your own',
  },
  /**
   * The Host headers that are answered, without ports; any other gets 421. Stops DNS rebinding. Default: the hosts of
   * `PUBLIC_URL` and `ADMIN_URL`, and the loopback names.
   */
  allowedHosts: {
    parser: listOf(servedHost),
    defaultInWords: 'the hosts of `PUBLIC_URL` and `ADMIN_URL`, and the loopback names',
    help: 'The Host headers that are answered, without ports; any other gets 421. Stops DNS rebinding.',
    appliesTo: servers,
    example: 'app.example.com,*.apps.example.com',
  },
  /**
   * Who may do what: `role METHODS path`, separated by `;` or new lines. The first rule that matches decides; a request
   * that no rule matches is for `admin` only. Default: `viewer read /**; user * /**`.
   */
  rules: {
    parser: anyText,
    default: 'viewer read /**; user * /**',
    help: 'Who may do what: `role METHODS path`, separated by `;` or new lines. The first rule that matches decides; a request that no rule matches is for `admin` only.',
    appliesTo: servers,
    example: 'public read /assets/**; viewer read /**; user * /**',
  },
} satisfies Readonly<Record<string, Setting>>;
