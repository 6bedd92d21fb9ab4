import { z } from 'zod';
import { name, text, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  /** `h2026-11-22T07` for an hour, `q2026-11-22T06` for a quarter of a day, `d2026-11-22T00` for a day, in UTC. */
  id: name,
  /** When it begins. */
  at: whole,
  expiresAt: whole,
  signIns: whole,
  failures: whole,
  /** API tokens and minted access tokens that were made. */
  tokens: whole,
  /** How often a request was refused, by the error code. */
  refusals: z.array(z.object({ code: name, count: whole })),
  /** The most sessions that were live at once. Absent: nobody counted them. */
  sessions: whole.optional(),
  /** What the rules decided. `rule`: as written, cut to its bound; '' where none matched. */
  rules: z.array(z.object({ route: text, rule: text, passed: whole, refused: whole })),
  /** What the rules decided that found no more room in `rules`. */
  otherRules: z.object({ passed: whole, refused: whole }),
});

export type FigureRecord = Readonly<z.infer<typeof schema>>;

/** What happened in an hour, a quarter of a day or a day, in numbers: every instance adds to it. */
export const figureKind = kind<FigureRecord>({
  name: 'figure',
  version: 1,
  migrations: [],
  schema,
  keys: {},
  expiry: ({ expiresAt }) => expiresAt,
  orders: {},
});
