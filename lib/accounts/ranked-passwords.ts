import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

let ranked: ReadonlySet<string> | undefined;

/**
 * The passwords that people have been found to use most, in lower case: some 50,000 of every length, and 10,000 of 12 and more
 * characters. Loaded when it is first asked for, in some 20 ms, and kept: a start that sets no password does without.
 */
export function rankedPasswords(): ReadonlySet<string> {
  ranked ??= new Set([...ofEveryLength(), ...longOnes()]);
  return ranked;
}

/** The data itself: what the package exports unpacks it first, in four times the time. */
function ofEveryLength(): readonly string[] {
  return load('@zxcvbn-ts/language-common/src/passwords.json');
}

function longOnes(): readonly string[] {
  const { passwords }: { passwords: string } = load('#frequent-passwords');
  return passwords.split('\n');
}
