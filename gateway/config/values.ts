import { z } from 'zod';
import { hostPattern, isCleanPath } from '#request';
import { type Parser, text, upstreamUrl } from '#settings';

/** Text that a parser reads. In the JSON schema it is a string with the description and the examples. */
export const written = <T>(parser: Parser<T>, description: string, ...examples: readonly string[]) =>
  z
    .string({ error: textWanted(examples) })
    .meta({ description, examples: [...examples] })
    .transform(through(parser));

/** Reads a value with a parser of the settings, inside of a schema. */
export const through =
  <T>(parser: Parser<T>) =>
  (given: unknown, context: z.core.$RefinementCtx): T => {
    const read = parser.safeParse(given);
    if (read.success) return read.data;
    for (const { message, path } of read.error.issues) context.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  };

const textWanted = ([example]: readonly string[]): string =>
  example === undefined ? 'must be text' : `must be text such as ${example}`;

/** One text or a list of them. */
export const oneOrMany = <T>(item: z.ZodType<T, string>, description: string) =>
  z
    .union([
      item,
      z
        .array(item, { error: 'must be text or a list of texts' })
        .min(1, { error: 'must hold at least one' })
        .max(1000, { error: 'must hold at most 1000' }),
    ])
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .meta({ description });

const unitsOfSize = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;
const isUnit = (unit: string): unit is keyof typeof unitsOfSize => Object.hasOwn(unitsOfSize, unit);

/** A number of bytes: `10mb`, `16kb`, `512b`. The units are powers of 1,024. */
export const size: Parser<number> = text('must be a size such as 10mb or 16kb', (given) => {
  const [, amount, unit = ''] = /^(\d{1,9}) ?(b|kb|mb|gb)$/.exec(given.toLowerCase()) ?? [];
  return amount !== undefined && isUnit(unit) ? Number(amount) * unitsOfSize[unit] : undefined;
});

/** The host of a route, in its normal form. */
export const host: Parser<string> = text(hostProblem, (given) => {
  try {
    return hostPattern(given);
  } catch {
    return undefined;
  }
});

function hostProblem(given: string): string {
  const [bare = ''] = given.replace(/^https?:\/\//i, '').split(/[:/]/);
  const hint = bare !== given && /^(\*\.)?[\w.-]{1,253}$/.test(bare) ? `; did you mean ${bare}?` : '';
  return `must be a host name such as wiki.example.com or *.example.com, without scheme, port and path${hint}`;
}

/** A path that every service reads alike, without a slash at its end; '' for `/`. */
export const plainPath: Parser<string> = text(
  'must be a path such as /docs: letters, digits and - . _ ~ between single slashes',
  (given) => {
    const path = given.length > 1 && given.endsWith('/') ? given.slice(0, -1) : given;
    if (path === '/') return '';
    return isCleanPath(path) && /^(\/[A-Za-z0-9._~!$&'()+,=:@-]+)+$/.test(path) ? path : undefined;
  },
);

/** The URL of a target: as `UPSTREAM`, and `h2://` and `h2s://` for HTTP/2. */
export const target: Parser<string> = text(
  (given) =>
    `must be the URL of a service such as http://wiki:8080, with http, https, h2 or h2s, without credentials, query and fragment${hintFor(given)}`,
  (given) => {
    const isHttp2 = /^h2s?:\/\//.test(given);
    const parsed = upstreamUrl.safeParse(isHttp2 ? given.replace(/^h2/, 'http') : given);
    if (!parsed.success || (isHttp2 && parsed.data.startsWith('http://unix:'))) return undefined;
    return isHttp2 ? parsed.data.replace(/^http/, 'h2') : parsed.data;
  },
);

const hintFor = (given: string): string =>
  /^[\w.-]{1,253}(:\d{1,5})?$/.test(given) ? `; did you mean http://${given}?` : '';

/** The path of a health check, with a query where it has one. */
export const healthPath: Parser<string> = text('must be a path such as /ping', (given) =>
  /^\/[\x21\x24-\x7e]*$/.test(given) && !given.includes('\\') ? given : undefined,
);

/** A header's name (RFC 9110, 5.1). */
export const headerName: Parser<string> = text('must be the name of a header such as X-Tenant', (given) =>
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(given) ? given : undefined,
);

/** A header's value: visible ASCII characters, and spaces between them. */
export const headerValue: Parser<string> = text('must be up to 4,096 visible ASCII characters and spaces', (given) =>
  /^[\x20-\x7e\t]{0,4096}$/.test(given) ? given : undefined,
);

/** A path of a PEM file. */
export const pemFile: Parser<string> = text('must be the path of a PEM file', (given) =>
  /^[^\0\r\n]{1,4096}$/.test(given) ? given : undefined,
);

/** The name of a server in its certificate. */
export const serverName: Parser<string> = text('must be a host name such as wiki.internal', (given) =>
  /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?$/.test(given) ? given : undefined,
);
