import type { z } from 'zod';
import { lineName } from './form.ts';

type Issue = z.core.$ZodIssue;

const types: Readonly<Record<string, string>> = {
  string: 'must be a text',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
  number: 'must be a whole number, 0 or more',
  int: 'must be a whole number, 0 or more',
};

function tooSmall({ origin }: Extract<Issue, { code: 'too_small' }>): string {
  return origin === 'string' ? 'must not be empty' : (types[origin] ?? 'is too small');
}

function tooBig({ origin, maximum }: Extract<Issue, { code: 'too_big' }>): string {
  if (origin === 'string') return `must not be longer than ${maximum} characters`;
  return origin === 'array' ? `must not hold more than ${maximum}` : (types[origin] ?? 'is too large');
}

function sentenceOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return types[issue.expected] ?? 'is of another type';
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return tooSmall(issue);
  if (issue.code === 'too_big') return tooBig(issue);
  return issue.message.startsWith('must ') ? issue.message : 'is not valid';
}

/** The names of the fields on the way to a value, as in a line. */
export const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .filter((part) => typeof part === 'string')
    .map((part) => `"${lineName(part).slice(0, 64)}"`)
    .join(' ');

/** What is wrong with a record: the name of the field and the reason, without its value. */
export function problemIn({ issues: [issue] }: z.core.$ZodError): string {
  return issue === undefined ? 'it is not valid' : `${placeOf(issue.path)} ${sentenceOf(issue)}`;
}
