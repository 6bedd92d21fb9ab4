/** The parts of a target's URL: `http://host:port/base`, `h2s://host:port`, or `http://unix:/run/app.sock:/base`. */
export type TargetAddress = Readonly<{
  /** `h2://` and `h2s://` are HTTP/2 without and with TLS, for services that speak nothing else, such as gRPC. */
  protocol: 'http1' | 'http2';
  /** `http://host:port` or `https://host:port`. */
  origin: string;
  socketPath: string | undefined;
  /** The path of the URL without a slash at its end. */
  base: string;
}>;

export function targetAddress(target: string): TargetAddress {
  const protocol = /^h2s?:/i.test(target) ? 'http2' : 'http1';
  const url = new URL(target.replace(/^h2(s?):/i, 'http$1:'));
  const [socketPath, path] = url.hostname === 'unix' ? socketIn(url.pathname) : [undefined, url.pathname];
  const origin = socketPath === undefined ? url.origin : `${url.protocol}//localhost`;
  return { protocol, origin, socketPath, base: path.replace(/\/$/, '') };
}

function socketIn(pathname: string): readonly [socketPath: string, path: string] {
  const colon = pathname.indexOf(':');
  return colon === -1
    ? [decodeURIComponent(pathname), '']
    : [decodeURIComponent(pathname.slice(0, colon)), pathname.slice(colon + 1)];
}

/** Returns the function that puts a request target below the path of a target's URL. */
export const below = (base: string): ((received: string) => string) =>
  base === '' ? (received) => received : (received) => joined(base, received);

/** An absolute target keeps its scheme and host. */
function joined(base: string, target: string): string {
  if (target.startsWith('/')) return base + target;
  const [authority = ''] = /^[^/?]+:\/\/[^/?]*/.exec(target) ?? [];
  const rest = target.slice(authority.length);
  return authority + base + (rest.startsWith('/') ? rest : `/${rest}`);
}
