import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

let ranked: ReadonlySet<string> | undefined;

/**
 * The most used passwords, in lower case: some 50,000 of every length, and 10,000 of 12 and more characters. Loaded on the
 * first call, in about 20 ms, and kept: a start that sets no password does not load them.
 */
export function rankedPasswords(): ReadonlySet<string> {
  ranked ??= new Set([...ofEveryLength(), ...longOnes()]);
  return ranked;
}

/** Reads the package's source data: its compressed export takes four times as long to load. */
function ofEveryLength(): readonly string[] {
  return load('@zxcvbn-ts/language-common/src/passwords.json');
}

function longOnes(): readonly string[] {
  const { passwords }: { passwords: string } = load('#frequent-passwords');
  return passwords.split('\n');
}
