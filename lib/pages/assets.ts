import { createHash } from 'node:crypto';
import { packaged } from './packaged.ts';
import { newPasswordScript } from './scripts/new-password.ts';
import { pageScript } from './scripts/page.ts';
import { secretScript } from './scripts/secret.ts';
import { signInScript } from './scripts/sign-in.ts';
import { stylesheet } from './styles/index.ts';

/** A file that the pages load. Its name contains a hash of its content, so it can be cached for ever. */
export type Asset = Readonly<{ name: string; type: string; body: string | Uint8Array }>;

const logoImage = (
  ground: string,
) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48">
<rect width="48" height="48" rx="12" fill="${ground}"/>
<path d="M13 37V21.5a11 11 0 0 1 22 0V37" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/>
<circle cx="24" cy="24" r="3.6" fill="#fff"/>
<path d="M24 26v7.5" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/>
</svg>
`;

/** `stem` may hold a folder. */
export function asset(stem: string, extension: string, type: string, body: Asset['body']): Asset {
  const hash = createHash('sha256')
    .update(body)
    .digest('base64url')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 12);
  return Object.freeze({ name: `${stem}-${hash}.${extension}`, type, body });
}

export const style: Asset = asset('style', 'css', 'text/css; charset=utf-8', stylesheet);
export const logo: Asset = asset('logo', 'svg', 'image/svg+xml; charset=utf-8', logoImage('#2f5bd0'));

/** Our logo in the colour of a brand. */
export const logoIn = (colour: string): Asset =>
  asset('brand/logo', 'svg', 'image/svg+xml; charset=utf-8', logoImage(colour));

const script = (stem: string, body: string) => asset(stem, 'js', 'text/javascript; charset=utf-8', body);

export const page: Asset = script('page', pageScript);
export const secret: Asset = script('secret', secretScript);
export const newPassword: Asset = script('new-password', newPasswordScript);
export const signIn: Asset = script('sign-in', signInScript);

/** zxcvbn, and the lists that it needs to estimate a password. The script of new passwords loads both when somebody types one. */
export const estimator: Asset = script('zxcvbn', packaged('@zxcvbn-ts/core/dist/zxcvbn-ts.js'));
export const guesses: Asset = script('guesses', packaged('@zxcvbn-ts/language-common/dist/zxcvbn-ts.js'));

/** All files served below `assets/`. */
export const assets: readonly Asset[] = Object.freeze([
  style,
  logo,
  page,
  secret,
  signIn,
  newPassword,
  estimator,
  guesses,
]);
