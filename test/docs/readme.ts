import { readFileSync } from 'node:fs';
import { scriptOf } from './shell.ts';

/**
 * What the README shows of the command, as a script against a gateway at this address. Passwords are typed there; here they
 * are read from files.
 */
export function terminalScript(address: string): string {
  const section = /^## From a terminal$[\s\S]*?(?=^## )/m.exec(readFileSync('README.md', 'utf8'))?.[0] ?? '';
  const typed = { 'login ada': 'login ada --password-file ada.txt', 'add vera': 'add vera --password-file cleo.txt' };
  const script = scriptOf(section, { ...typed, 'http://127.0.0.1:8080': address });
  if (!script.includes('gatewarden login ada')) throw new Error('the README does not show the command');
  return script;
}
