import fc from 'fast-check';

/** Something that reads a text which a stranger, or the operator, chooses. */
export interface Subject {
  readonly name: string;
  /** What hostile texts for it are made of. */
  readonly pieces: readonly string[];
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
export function textsOf({ pieces }: Pick<Subject, 'pieces'>): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...pieces) },
    { weight: 4, arbitrary: fc.constantFrom(...everywhere) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );
  return fc.array(piece, { maxLength: 10 }).map((all) => all.join(''));
}

/** A text in which one piece, or a few, come over and over. */
export const longTextsOf = ({ pieces }: Pick<Subject, 'pieces'>): fc.Arbitrary<string> => {
  const some = fc
    .array(fc.constantFrom(...pieces, ...everywhere), { minLength: 1, maxLength: 3 })
    .map((all) => all.join(''));
  return fc.tuple(some, some, some).map(([before, unit, behind]) => before + repeated(unit) + behind);
};

/** Twice as long as all headers of a request may be together: what grows faster than its length shows the sooner. */
const longest = 64_000;
const repeated = (unit: string): string => (unit === '' ? '' : unit.repeat(Math.ceil(longest / unit.length)));

/** How long such a text may take, in milliseconds: where the work grows with the square of its length it is half a second. */
const patience = 150;

/** Throws when a long text takes too long, five times in a row: something else may be busy on the machine. */
export function checkTime(subject: Subject, text: string): void {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && least > patience; round += 1) {
    const started = performance.now();
    subject.run(text);
    least = Math.min(least, performance.now() - started);
  }
  if (least > patience) throw new Error(`${subject.name} took ${least.toFixed(0)} ms for ${text.length} characters`);
}
