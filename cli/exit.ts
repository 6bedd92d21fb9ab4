import type { ErrorCode, Refusal } from 'gatewarden';
import { hintOf } from './hints.ts';

/** The exit codes of every command. */
export const exit = { done: 0, refused: 1, unreachable: 2, failed: 3, notAllowed: 4, usage: 5 } as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/**
 * Ends a command. `message` and `problems` are printed to stderr; `code` is stable, for scripts. `hint`: what to do next;
 * default: the hint of the code, if it has one.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly problems: readonly string[];
  readonly hint: string | undefined;
  constructor(exitCode: ExitCode, code: string, message: string, problems: readonly string[] = [], hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
    this.problems = problems;
    this.hint = hint ?? hintOf(code);
  }
}

/** The message of whatever was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The error for a command line that is not valid. */
export const usage = (message: string): CommandError => new CommandError(exit.usage, 'usage', message);

const exitOf: Partial<Record<ErrorCode, ExitCode>> = {
  store_unavailable: exit.unreachable,
  missing_credential: exit.notAllowed,
  malformed_credential: exit.notAllowed,
  invalid_token: exit.notAllowed,
  token_expired: exit.notAllowed,
  token_revoked: exit.notAllowed,
  invalid_credentials: exit.notAllowed,
  account_pending: exit.notAllowed,
  account_disabled: exit.notAllowed,
  insufficient_role: exit.notAllowed,
  insufficient_scope: exit.notAllowed,
  confirmation_required: exit.notAllowed,
  auth_disabled: exit.notAllowed,
};

/** The exit code for a refusal. */
export const exitFor = (code: ErrorCode): ExitCode => exitOf[code] ?? exit.refused;

/** The error for a refusal of a service. `subject` is what was refused, such as a username. */
export function refusedBy(refusal: Refusal, subject: string): CommandError {
  const fields = refusal.problems?.map((one) => `${one.field}: ${one.message}`) ?? [];
  const message = refusal.detail ?? (refusal.code === 'not_found' ? 'There is no such thing.' : 'This was refused.');
  return new CommandError(exitFor(refusal.code), refusal.code, `${subject}: ${message}`, fields);
}
