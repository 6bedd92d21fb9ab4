import { usage } from './exit.ts';
import { passwordFromFile, secretFromStdin } from './password-input.ts';
import type { Globals } from './shared-options.ts';

/** Asks for the password of the person who runs the command; `undefined` when there is nobody to ask, or no more of it. */
export type OwnPassword = () => Promise<string | undefined>;

const mostQuestions = 3;

/** The password from `--current-password-stdin` or `--current-password-file`, once; else from a prompt on a terminal, up to three times. */
export function ownPassword({ currentPasswordStdin, currentPasswordFile }: Globals): OwnPassword {
  if (currentPasswordStdin && currentPasswordFile !== undefined) throw usage('Give your own password in one way only.');
  let asked = 0;
  return async function askOwnPassword() {
    asked += 1;
    if (currentPasswordStdin) return asked === 1 ? secretFromStdin('your own password') : undefined;
    if (currentPasswordFile !== undefined) return asked === 1 ? passwordFromFile(currentPasswordFile) : undefined;
    const { askPassword, canAsk } = await import('./prompts.ts');
    if (asked > mostQuestions || !canAsk()) return undefined;
    return askPassword(asked === 1 ? 'Your own password, to confirm' : 'That was not it. Your own password');
  };
}
