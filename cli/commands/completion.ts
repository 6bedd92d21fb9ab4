import type { Command } from 'commander';

/** The shells that there is a completion script for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** `completion`: prints the script for a shell, made from the commands and options of `program`. It holds no names and no secrets. */
export async function completion(shell: Shell, program: Command): Promise<void> {
  process.stdout.write((await scripts[shell]())(program));
}

const scripts: Readonly<Record<Shell, () => Promise<(program: Command) => string>>> = {
  bash: async () => (await import('../completion/bash.ts')).bashScript,
  zsh: async () => (await import('../completion/zsh.ts')).zshScript,
  fish: async () => (await import('../completion/fish.ts')).fishScript,
};
