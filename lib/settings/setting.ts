import type { Parser } from './parsers.ts';

/** What settings are used for: the middleware in an app, `gatewarden run`, or a command that works on the store. */
export type Use = 'middleware' | 'gateway' | 'command';

/** What a default may depend on. */
export type Surroundings = Readonly<{
  /** Whether logs are read on a terminal. */
  terminal: boolean;
}>;

/**
 * One setting: the single source for the program, `--help` and the documentation. Its key in the table is the option's
 * name in code, and gives the environment variable's name: `sessionIdle` is `GATEWARDEN_SESSION_IDLE`.
 */
export interface Setting {
  /** Parses the value, from environment text or from a value given in code. */
  readonly parser: Parser<unknown>;
  /** The value when none is given, as environment text. */
  readonly default?: string;
  /** The same, where it depends on how the program runs. */
  readonly computedDefault?: (surroundings: Surroundings) => string;
  /** The default in words, for one that is computed. */
  readonly defaultInWords?: string;
  /** Never shown, logged or repeated in an error. */
  readonly secret?: true;
  /** Description in Markdown. `npm run generate` writes it, with the default, as the doc comment above the key. */
  readonly help: string;
  readonly appliesTo: readonly Use[];
  /** An example value; for a secret, how to get one. */
  readonly example: string;
}

export const everywhere = ['middleware', 'gateway', 'command'] as const;
export const servers = ['middleware', 'gateway'] as const;
export const gateway = ['gateway'] as const;
