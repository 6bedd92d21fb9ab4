import { errorTable, type Refusal } from '../../errors.ts';
import { waiting } from '../../pages/index.ts';

/** What is wrong with the fields of a form, a sentence each, by the names of the fields. */
export const fieldProblems = ({ problems = [] }: Refusal): Readonly<Record<string, string>> =>
  Object.fromEntries(problems.map(({ field, message }) => [field, `The ${field} ${message}.`]));

/** The sentence above a form that is shown again. `atFields`: the fields say what is wrong. */
export function formProblem({ code, detail, retryAfter }: Refusal, atFields: boolean): string {
  if (code === 'rate_limited') return `Too many attempts. ${waiting(retryAfter) ?? 'Try again later.'}`;
  return atFields ? 'Please look at the fields again.' : (detail ?? errorTable[code].title);
}
