import type { Said } from './shared-options.ts';

/** Asks before an action that cannot be undone, unless `--yes` is given; without a terminal it is required (exit code 5). */
export async function confirmed(question: string, { globals }: Said): Promise<void> {
  const { yes } = globals();
  if (!yes) await (await import('./prompts.ts')).sure(question, yes);
}
