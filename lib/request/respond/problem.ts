import { errorTable, type Refusal } from '../../errors.ts';

/**
 * The body of a refusal: RFC 9457 problem details, with a stable `code`, `errors` for the fields of a request that are wrong,
 * and `applied` for a change that stands although the request is refused.
 */
export function problemJson(refusal: Refusal): string {
  const { status, title } = errorTable[refusal.code];
  return JSON.stringify({
    type: `urn:gatewarden:problem:${refusal.code}`,
    title,
    status,
    detail: refusal.detail,
    code: refusal.code,
    applied: refusal.applied,
    errors: refusal.problems?.map(({ field, message }) => ({ field, message })),
  });
}
