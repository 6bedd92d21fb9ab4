import { type AdminPlace, type Frame, inFrame } from '../frame.ts';
import type { WordKey, WordValues } from '../words/words.ts';

/** A page that asks before something is done. `values` are those of its words. */
export type Question = Readonly<{
  place: AdminPlace;
  /** For the title of the document, without values. */
  title: WordKey;
  /** Markup is kept, as in `lines`. */
  heading: WordKey;
  /** What happens then. */
  lines: readonly WordKey[];
  button: WordKey;
  values?: WordValues;
  /** Whether it takes something away. Default: true. */
  isDangerous?: boolean;
  /** Where the form is sent. */
  action: string;
  /** The way back. */
  back: string;
}>;

/** How a question is shown: whether it asks for the password, and why it was refused. */
export type Asked = Readonly<{
  asksPassword: boolean;
  problem?: string | undefined;
  problems?: Readonly<Record<string, string>>;
}>;

/** A page with a question and a button that answers it. */
export const questionPage = (frame: Frame, question: Question, asked: Asked): string =>
  inFrame('@question', frame, { values: {}, isDangerous: true, problems: {}, ...question, ...asked });
