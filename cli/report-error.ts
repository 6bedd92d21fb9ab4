import { CommanderError } from 'commander';
import { CommandError, type ExitCode, exit } from './exit.ts';
import { hintOf } from './hints.ts';
import { printable, printableJson } from './printable.ts';

type Report = Readonly<{
  exitCode: ExitCode;
  code: string;
  message: string;
  problems: readonly string[];
  /** What to do next. */
  hint?: string | undefined;
}>;

const cannotConnect = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH']);
const badPlace = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EROFS', 'ENOTDIR']);

/**
 * Makes the report of any error. Errors of the package are recognised by `name`, so that it need not be loaded for that.
 * `otherwise`: the hint where there is no other.
 */
export function reportOf(error: unknown, otherwise?: string): Report {
  const { exitCode, code, message, problems, hint } = reportWithoutHint(error);
  return { exitCode, code, message, problems, hint: hint ?? hintOf(code) ?? otherwise };
}

function reportWithoutHint(error: unknown): Report {
  if (error instanceof CommandError) return error;
  if (error instanceof CommanderError) return misused(error);
  if (!(error instanceof Error)) return { exitCode: exit.failed, code: 'failed', message: String(error), problems: [] };
  if (error.name === 'ListenError') return { ...plain(error), exitCode: exit.usage, code: 'cannot_listen' };
  if (error.name === 'SettingsError') return { ...plain(error), exitCode: exit.usage, code: 'settings' };
  if (error.name === 'StoreUnavailableError' || error.name === 'NotToldError')
    return { ...plain(error), exitCode: exit.unreachable, code: 'store_unavailable' };
  return { ...plain(error), ...systemError(error) };
}

const misused = (error: CommanderError): Report => ({
  ...{ exitCode: exit.usage, code: 'usage', problems: [] },
  message: error.message.replace(/^error: /, ''),
});

function plain(error: Error): { message: string; problems: readonly string[] } {
  const listed = 'problems' in error && Array.isArray(error.problems) ? error.problems.map(String) : [];
  if (listed.length > 0) return { message: error.message.split('\n')[0] ?? '', problems: listed };
  // Our own messages are whole sentences that name the cause.
  const cause = error.cause instanceof Error && !error.message.endsWith('.') ? `: ${error.cause.message}` : '';
  return { message: error.message + cause, problems: [] };
}

function systemError(error: Error): { exitCode: ExitCode; code: string } {
  const code = codeOf(error) ?? codeOf(error.cause) ?? 'failed';
  if (cannotConnect.has(code)) return { exitCode: exit.unreachable, code };
  return { exitCode: badPlace.has(code) ? exit.usage : exit.failed, code };
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The text for stderr: lines for people, or one JSON object with `-o json`. */
export function reportText(report: Report, json: boolean): string {
  const { code, message, problems, hint } = report;
  if (json) return printableJson({ error: { code, message, ...(problems.length > 0 && { problems }), hint } });
  const listed = problems.map((one) => `  - ${printable(one)}`);
  return [`gatewarden: ${printable(message)}`, ...listed, ...(hint ? [`  hint: ${printable(hint)}`] : [])].join('\n');
}
