/** A parsed MongoDB URL, without its user and password. */
export interface Address {
  /** `mongo1.example:27017,mongo2.example:27017`. */
  readonly hosts: string;
  /** The database; `gatewarden` when the URL names none. */
  readonly database: string;
  /** Names of the options in the URL, in lower case. */
  readonly options: ReadonlySet<string>;
  /** Replaces user and password in a text, such as an error message of the driver, by `***`. */
  withoutSecrets(message: string): string;
}

// Strict, so that a password with an unescaped `/` or `?` in it is never taken for a host.
const form =
  /^mongodb(?:\+srv)?:\/\/(?:(?<login>[^/?@]*)@)?(?<hosts>[^/?@]+)(?:\/(?<database>[^?/@]*))?(?:\?(?<query>(?:[a-z]+=[^&@]*&?)*))?$/i;
const host = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$|^[^:]*%2F[^:]*\.sock$/i;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Parses a MongoDB URL; returns `undefined` for anything else. */
export function addressIn(url: string): Address | undefined {
  const groups = form.exec(url)?.groups;
  const { login = '', hosts = '', database = '', query = '' } = groups ?? {};
  if (!hosts.split(',').every((one) => host.test(one))) return undefined;
  const password = login.split(':').slice(1).join(':');
  const secrets = [login, password, decoded(password)].filter(Boolean);
  return {
    hosts: decoded(hosts),
    database: decoded(database) || 'gatewarden',
    options: new Set(query.split('&').map((pair) => pair.split('=')[0]?.toLowerCase() ?? '')),
    withoutSecrets: (message) => secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message),
  };
}
