import { type Parser, text } from './parsers.ts';

const presets = ['x-forwarded', 'remote', 'x-auth-request', 'x-authentik'] as const;
const fields = ['user', 'name', 'email', 'role', 'groups', 'id'] as const;

/** A predefined set of headers that carry the user's identity to an upstream. */
export type IdentityPreset = (typeof presets)[number];
/** The part of the identity that one header carries. */
export type IdentityField = (typeof fields)[number];
/** A preset, or one header with the field that it carries. */
export type IdentityHeader = IdentityPreset | `${string}=${IdentityField}`;

/** Headers that frame or route a message, or carry a credential. */
const reserved =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy.*|cookie|authorization|forwarded|x-forwarded-(for|host|proto|port|prefix)|x-real-ip|x-request-id|x-gatewarden-.*)$/;

const word = <T extends string>(words: readonly T[], given: string): T | undefined =>
  words.find((one) => one === given);

/** `x-forwarded` and the like, or `Header=field`. */
export const identityHeader: Parser<IdentityHeader> = text<IdentityHeader>(
  `must be one of ${presets.join(', ')}, or Header=field with one of the fields ${fields.join(', ')}`,
  (given) => {
    const [name = '', field = ''] = given.split('=');
    const known = word(fields, field);
    if (known === undefined || given !== `${name}=${known}`) return word(presets, given);
    const isName = /^[A-Za-z][A-Za-z0-9-]{0,62}$/.test(name);
    return isName && !reserved.test(name.toLowerCase()) ? `${name}=${known}` : undefined;
  },
);
