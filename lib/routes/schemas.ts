import { z } from 'zod';
import type { FieldProblem } from '../errors.ts';
import { errorTable } from '../errors.ts';
import type { UserView } from '../services.ts';
import { longestPage } from '../stores/records/page.ts';

/** A date and time (RFC 3339). */
export const moment = z.iso.datetime({ offset: true });

export const toMoment = (at: number): string => new Date(at).toISOString();
export const toMomentOrNull = (at: number | undefined): string | null => (at === undefined ? null : toMoment(at));

/** Text that a service validates; the limit here only bounds its size. */
export const text = z.string().max(4096);

/** A JSON body that may hold `current_password`. */
export const confirmable = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject({
    ...shape,
    current_password: text
      .optional()
      .describe('Needed with a cookie, and with an access token whose sign-in is older than `CONFIRM_WITHIN`.'),
  });

/** Query of a paged list. `cursor` is the `next_cursor` of the page before. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(longestPage).optional(),
  cursor: z.string().min(1).max(512).optional(),
};

export const listOf = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item) });

export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });

const codes = Object.keys(errorTable);

/** Problem details (RFC 9457), with our stable `code`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(codes).optional(),
    detail: z.string().optional(),
    applied: z
      .literal(true)
      .optional()
      .describe(
        'With `store_unavailable`: the change is made, and other instances are still being told. Repeat the call.',
      ),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() } satisfies Record<keyof FieldProblem, z.ZodType>))
      .optional(),
  })
  .loose();

export const tokenPair = z.object({
  token: z.string(),
  token_type: z.literal('Bearer'),
  expires_at: moment,
  refresh_token: z.string().optional(),
  user: z.string(),
  role: z.string(),
});

export const user = z.object({
  username: z.string(),
  display_name: z.string().nullable(),
  email: z.string().nullable(),
  role: z.string(),
  active: z.boolean(),
  state: z.enum(['pending', 'active', 'disabled']),
  has_password: z.boolean(),
  created_at: moment,
  updated_at: moment,
  last_login_at: moment.nullable(),
});

export const toUser = (view: UserView): z.input<typeof user> => ({
  username: view.username,
  display_name: view.displayName ?? null,
  email: view.email ?? null,
  role: view.role,
  active: view.active,
  state: view.state,
  has_password: view.hasPassword,
  created_at: toMoment(view.createdAt),
  updated_at: toMoment(view.updatedAt),
  last_login_at: toMomentOrNull(view.lastLoginAt),
});
