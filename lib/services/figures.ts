/** The last 24 hours, 7 days or 30 days. */
export const figureSpans = ['24h', '7d', '30d'] as const;
export type FigureSpan = (typeof figureSpans)[number];

/** How often requests were refused with an error code. */
type RefusalFigure = Readonly<{ code: string; count: number }>;

/** How many requests a rule let pass and refused. `rule`: as written; '' where none matched. */
export type RuleFigure = Readonly<{ route: string; rule: string; passed: number; refused: number }>;

/** What happened between two times, in milliseconds since the epoch. */
export type FigurePeriod = Readonly<{
  at: number;
  until: number;
  signIns: number;
  failures: number;
  /** API tokens and minted access tokens that were made. */
  tokens: number;
  refusals: readonly RefusalFigure[];
  /** The most sessions that were live at once; absent: nobody counted them. */
  sessions?: number | undefined;
}>;

/** The figures of a span: its periods, the oldest first, and what the rules decided in all of them, the busiest first. */
export type FigureHistory = Readonly<{
  periods: readonly FigurePeriod[];
  rules: readonly RuleFigure[];
  /** What the rules decided that are too many to be named. */
  otherRules: Readonly<{ passed: number; refused: number }>;
}>;

/**
 * What happens, in numbers. Each instance counts in memory and adds to what is stored every half minute, so that of others the last
 * half minute is missing.
 */
export interface Figures {
  /** Rejects with `StoreUnavailableError`. */
  over(span: FigureSpan): Promise<FigureHistory>;
}
