import type { Parser } from './parsers.ts';

/** Where settings are used: an app's own middleware, `gatewarden run`, or a command that works on the store. */
export type Use = 'middleware' | 'gateway' | 'command';

/** What a default may depend on besides the other settings. */
export type Surroundings = Readonly<{
  /** Whether logs are read on a terminal. */
  terminal: boolean;
}>;

/**
 * One setting: all that the program, `--help` and the documentation know of it. Its key in the table is the option in
 * code, and in capitals its environment variable: `sessionIdle` is `GATEWARDEN_SESSION_IDLE`.
 */
export interface Setting {
  /** Reads the value: from text as the environment has it, or from what code gives. */
  readonly parser: Parser<unknown>;
  /** What is taken when it is not given, as one would write it. */
  readonly default?: string;
  /** The same, where it depends on where the program runs. */
  readonly computedDefault?: (surroundings: Surroundings) => string;
  /** The default in words, where it is worked out from something else. */
  readonly defaultInWords?: string;
  /** Never shown, logged or repeated in an error. */
  readonly secret?: true;
  /** What it does, in Markdown. With the default it is the doc comment above its key: `npm run generate` writes it. */
  readonly help: string;
  readonly appliesTo: readonly Use[];
  /** A value to show; for secrets how to get one. */
  readonly example: string;
}

export const everywhere = ['middleware', 'gateway', 'command'] as const;
export const servers = ['middleware', 'gateway'] as const;
export const gateway = ['gateway'] as const;
