import fc from 'fast-check';

/** Something that reads a text which a stranger, or the operator, chooses. */
export interface Subject {
  readonly name: string;
  /** What hostile texts for it are made of. */
  readonly pieces: readonly string[];
  /** Reading it takes long: its texts have fewer pieces, and few of them are long. Default: false. */
  readonly slow?: boolean;
  /** Reads the text: what is timed. */
  run(text: string): unknown;
  /** Throws where the reader throws, or where what it gives is not what it promises. */
  check(text: string): void;
}

/** Pieces that mean something to some parser. */
const everywhere: readonly string[] = [
  '',
  ' ',
  '\t',
  ',',
  ';',
  '=',
  '"',
  '\\',
  ':',
  '/',
  '%',
  '\0',
  '\r\n',
  '\u00e9',
  '\ud800',
  '-',
  '_',
  '.',
  '0',
  'a',
];

/** Texts of a few pieces, and now and then of characters that nobody thought of. */
export function textsOf({ pieces, slow = false }: Pick<Subject, 'pieces' | 'slow'>): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...pieces) },
    { weight: 4, arbitrary: fc.constantFrom(...everywhere) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );
  return fc.array(piece, { maxLength: slow ? 5 : 10 }).map((all) => all.join(''));
}

/** A text in which a few pieces come over and over, of the length that is asked for. */
export type LongText = (length: number) => string;

export const longTextsOf = ({ pieces }: Pick<Subject, 'pieces'>): fc.Arbitrary<LongText> => {
  const some = fc
    .array(fc.constantFrom(...pieces, ...everywhere), { minLength: 1, maxLength: 3 })
    .map((all) => all.join(''));
  return fc.tuple(some, some, some).map(([before, unit, behind]) => {
    const text: LongText = (length) => before + unit.repeat(unit === '' ? 0 : Math.ceil(length / unit.length)) + behind;
    return Object.assign(text, { toString: () => JSON.stringify([before, unit, behind]) });
  });
};

/** Twice as long as all headers of a request may be together: what grows faster than its length shows the sooner. */
const [short, long] = [8_000, 64_000];
/** Milliseconds within which a long text is read without a look at how the time grows: it takes half a second where that is quadratic. */
const patience = 150;
/** Eight times the length is eight times the work, or 64 times where it is quadratic. */
const bound = 24;

/** Throws when the work on a text grows faster than its length, five times in a row: something else may be busy on the machine. */
export function checkTime(subject: Subject, text: LongText): void {
  const least = { short: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 5; round += 1) {
    least.long = Math.min(least.long, timeOf(subject, text(long)));
    if (least.long <= patience) return;
    least.short = Math.min(least.short, timeOf(subject, text(short)));
    if (least.long / least.short < bound) return;
  }
  throw new Error(
    `${subject.name}: ${least.short.toFixed(1)} ms become ${least.long.toFixed(0)} where ${text} is eight times as long`,
  );
}

function timeOf(subject: Subject, text: string): number {
  const started = performance.now();
  subject.run(text);
  return performance.now() - started;
}
