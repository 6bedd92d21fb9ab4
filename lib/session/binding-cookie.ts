import { equalSecrets } from '../crypto/constant-time.ts';
import { sha256 } from '../crypto/digest.ts';
import { randomBase62 } from '../crypto/random.ts';
import { cookieValues } from '../net/cookies.ts';

const names = { secure: '__Host-gatewarden-hand-over', plain: 'gatewarden-hand-over' } as const;

/** Every name that the cookie may have under some settings. */
export const bindingCookieNames: readonly string[] = Object.freeze(Object.values(names));

/** How long the cookie is kept, in seconds: as long as somebody may take to sign in. */
const keptFor = 15 * 60;

const secretLength = 43;
const secretForm = /^[0-9A-Za-z]{43}$/;

/** The cookie by which a host knows the browser that it sent to `PUBLIC_URL`. It identifies nobody. */
export interface BindingCookie {
  /**
   * The hash of the browser's secret, which may be in URLs, and the `Set-Cookie` value. A secret that the browser has is used again,
   * so that several windows can sign in at the same time.
   */
  bind(cookieHeader: string): Readonly<{ binding: string; setCookie: string }>;
  /** Whether a browser that sends these cookies has the secret with this hash. */
  has(cookieHeader: string, binding: string): boolean;
}

export function bindingCookie({ secure }: Readonly<{ secure: boolean }>): BindingCookie {
  const name = secure ? names.secure : names.plain;
  const attributes = `Path=/; Max-Age=${keptFor}; HttpOnly; ${secure ? 'Secure; ' : ''}SameSite=Lax`;
  const secretsIn = (header: string) => cookieValues(header, name).filter((value) => secretForm.test(value));

  return {
    bind(header) {
      const secret = secretsIn(header)[0] ?? randomBase62(secretLength);
      return { binding: sha256(secret), setCookie: `${name}=${secret}; ${attributes}` };
    },
    has: (header, binding) => secretsIn(header).some((secret) => equalSecrets(sha256(secret), binding)),
  };
}
