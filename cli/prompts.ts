import { confirm, isCancel, password, text } from '@clack/prompts';
import { usage } from './exit.ts';

/** True when stdin and stderr are terminals, so that a question can be answered. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

// The question goes to stderr: stdout holds results only.
const terminal = { input: process.stdin, output: process.stderr };

function answered<T>(answer: T | symbol): T {
  if (isCancel(answer)) throw usage('Stopped: nothing was changed.');
  return answer as T;
}

/** Asks for a line of text; an empty answer is asked for again. `placeholder` shows what one looks like. */
export async function askText(message: string, placeholder: string): Promise<string> {
  const validate = (given: string | undefined) => (given?.trim() ? undefined : 'Type a name.');
  return answered<string>(await text({ ...terminal, message, placeholder, validate })).trim();
}

/** Asks for a password that is not shown. */
export const askPassword = async (message: string): Promise<string> =>
  answered<string>(await password({ ...terminal, message }));

/** Asks for a new password, twice. */
export async function askNewPassword(message: string): Promise<string> {
  const first = await askPassword(message);
  const second = await askPassword('The same once more');
  if (first !== second) throw usage('The two passwords differ: nothing was changed.');
  return first;
}

/** Asks before an action that cannot be undone. `yes` (`--yes`) answers; without a terminal it is required. */
export async function sure(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!canAsk()) throw usage(`${question} Say --yes to do it without a terminal.`);
  if (!answered<boolean>(await confirm({ ...terminal, message: question, initialValue: false }))) {
    throw usage('Stopped: nothing was changed.');
  }
}
