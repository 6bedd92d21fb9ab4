import express, { type Request, type Response } from 'express';
import type { ZodError, ZodType } from 'zod';
import { type FieldProblem, ok, type Result, refused } from '../errors.ts';
import { mediaTypes } from '../request/respond/media-types.ts';

/** The largest body, in bytes. */
const bodyLimit = 100 * 1024;

/** Compressed bodies are refused (415), so that the limit also bounds the bytes after decompression. */
const parsers = {
  json: express.json({ limit: bodyLimit, inflate: false, type: () => true }),
  form: express.urlencoded({ limit: bodyLimit, inflate: false, extended: false, type: () => true }),
};

const mediaTypeOf = (req: Request): string =>
  (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

const isEmpty = (req: Request): boolean =>
  req.headers['transfer-encoding'] === undefined && Number(req.headers['content-length'] ?? 0) === 0;

const parse = (as: 'json' | 'form', req: Request, res: Response): Promise<void> =>
  new Promise((resolve, reject) => parsers[as](req, res, (error?: unknown) => (error ? reject(error) : resolve())));

/** Reads and validates the body. A request without a body counts as an empty one and needs no `Content-Type`. Rejects with body-parser's errors. */
export async function readBody(
  body: Readonly<{ as: 'json' | 'form'; schema: ZodType }> | undefined,
  req: Request,
  res: Response,
): Promise<Result<unknown>> {
  if (!body) return ok(undefined);
  if (isEmpty(req)) return check(body.schema, {});
  const expected = mediaTypes[body.as];
  if (mediaTypeOf(req) !== expected) return refused('unsupported_media_type', { detail: `Send ${expected}.` });
  await parse(body.as, req, res);
  return check(body.schema, req.body ?? {});
}

export const readQuery = (schema: ZodType | undefined, req: Request): Result<unknown> =>
  schema ? check(schema, { ...req.query }) : ok(undefined);

function check(schema: ZodType, value: unknown): Result<unknown> {
  const found = schema.safeParse(value);
  return found.success ? ok(found.data) : refused('validation_failed', { problems: problemsOf(found.error) });
}

/** At most twenty problems. They do not repeat values that were sent. */
function problemsOf(error: ZodError): readonly FieldProblem[] {
  return error.issues
    .flatMap((issue) => {
      const at = issue.path.map(String);
      if (issue.code !== 'unrecognized_keys') return [{ field: at.join('.'), message: wordingOf(issue) }];
      return issue.keys.map((key) => ({
        field: [...at, key.slice(0, 100)].join('.'),
        message: 'is no field of this call',
      }));
    })
    .slice(0, 20);
}

const kinds: Readonly<Record<string, string>> = {
  string: 'must be a text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
};

const wrongForm = 'is not of the right form';

/** Words a zod issue as the services do: what the field must be. */
function wordingOf(issue: ZodError['issues'][number]): string {
  if (issue.code === 'invalid_type') {
    return issue.message.endsWith('received undefined') ? 'is missing' : (kinds[issue.expected] ?? wrongForm);
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_big') return `must not be more than ${issue.maximum}`;
  if (issue.code === 'too_small') return `must not be less than ${issue.minimum}`;
  return issue.code === 'custom' ? issue.message : wrongForm;
}
