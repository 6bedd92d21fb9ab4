import { matching, type Parser, text } from './parsers.ts';

function httpUrl(given: string): URL | undefined {
  // The URL parser accepts backslashes, tabs and a missing slash; here they are errors.
  if (!/^https?:\/\/[^/\\\s]/i.test(given) || /[\\\s]/.test(given)) return undefined;
  const url = URL.parse(given);
  return url && !url.username && !url.password && !given.includes('@') ? url : undefined;
}

/** A hint for input such as `localhost:3000`, which has no scheme or, to the URL standard, the scheme `localhost`. */
const withoutScheme = (given: string): string =>
  /^(?=.*[.:]|localhost$)[\w.-]{1,253}(:\d{1,5})?$/.test(given) ? `; did you mean http://${given}?` : '';

/** An origin, `http(s)://host[:port]` and nothing after it, serialised as the URL standard does. */
export const origin = (problem: string): Parser<string> =>
  text(
    (given) => problem + withoutScheme(given),
    (given) => {
      const url = httpUrl(given);
      return url?.pathname === '/' && !/[?#]/.test(given) ? url.origin : undefined;
    },
  );

/** The URL of an upstream: `http(s)://host[:port][/path]`, or `http://unix:/path/to.sock[:/path]`. No slash at its end. */
export const upstreamUrl: Parser<string> = text(
  (given) =>
    `must be an http or https URL without credentials, query or fragment, or http://unix:/path/to.sock${withoutScheme(given)}`,
  (given) => {
    if (/^http:\/\/unix:\/[^\s\\?#:]+(:\/[^\s\\?#:]*)?$/.test(given)) return given;
    const url = httpUrl(given);
    return url && !/[?#]/.test(given) ? url.origin + url.pathname.replace(/\/$/, '') : undefined;
  },
);

/** An issuer (RFC 8414, 2): a URL without query and fragment, kept exactly as given. */
export const issuer: Parser<string> = text(
  'must be an http or https URL without credentials, query, fragment or a slash at the end',
  (given) => (httpUrl(given) && !/[?#]|\/$/.test(given) ? given : undefined),
);

/** The path prefix of the pages: begins with `/`, ends without one, unreserved characters (RFC 3986, 2.3) only. */
export const pathPrefix: Parser<string> = matching(
  /^(\/(?!\.+(\/|$))[A-Za-z0-9._~-]+)+$/,
  'must be a path such as /_gatewarden: not / alone, no slash at the end, only letters, digits and - . _ ~',
);

/** A cookie's name (RFC 6265, a token). */
export const cookieName: Parser<string> = matching(
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/,
  'must be a cookie name: letters, digits and punctuation without spaces',
);

/** The URL of a store. Only the scheme is checked: the driver parses the rest. A problem never repeats it, for it may hold a password. */
export const storeUrl = (schemes: readonly string[], problem: string): Parser<string> =>
  text(problem, (given) =>
    schemes.some((scheme) => given.startsWith(`${scheme}//`)) && /^[^\s]+$/.test(given) ? given : undefined,
  );
