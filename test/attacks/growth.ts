/** What hostile texts are made of, over and over. */
export const units: Readonly<Record<string, string>> = {
  dots: '.',
  'encoded spaces': '%20',
  'encoded dots': '%2e',
  'doubly encoded slashes': '%252f',
  semicolons: ';',
  slashes: '/',
  'mixed case': 'aB',
  commas: ',',
  quotes: '"',
  'escaped quotes': '\\"',
  spaces: ' ',
  tabs: '\t',
  digits: '1',
  colons: ':',
  'equals signs': '=',
  hyphens: '-',
  comments: ' #',
  brackets: '[',
  'dots and spaces': '. ',
  'dots and slashes': './',
  'commas and spaces': ', ',
  'semicolons and spaces': '; ',
  pairs: 'a=b;',
  'quoted pairs': 'a="b",',
  'escape characters': '\u001b[',
  'combining marks': '\u0301\u0316',
};

/** A text of one unit over and over, of this length. */
export const repeated = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** The lengths that are compared: as much as the header of a request may hold, and an eighth of it. */
const [short, long] = [4_000, 32_000];
/** Eight times the length is eight times the work, or 64 times where it is quadratic. */
const bound = 24;
/** Milliseconds: a ratio that is not good by then will not become so. */
const longEnough = 3000;
/** Milliseconds: below it the clock measures itself. Quadratic work on the longer text takes a hundred times as long. */
const tooShortToMeasure = 0.5;

/**
 * How many times the work on a text grows when its length grows eight times; the least of several runs, so that what else the
 * machine does hardly counts. `make` gives the text of about that length.
 */
function growth(run: (text: string) => unknown, make: (length: number) => string): number {
  const texts = [make(short), make(long)];
  const least = texts.map(() => Number.POSITIVE_INFINITY);
  let ratio = Number.POSITIVE_INFINITY;
  const giveUpAt = performance.now() + longEnough;
  for (let round = 0; round < 2 || (round < 20 && ratio >= bound && performance.now() < giveUpAt); round += 1) {
    for (const [at, text] of texts.entries()) {
      const started = performance.now();
      run(text);
      least[at] = Math.min(least[at] ?? 0, performance.now() - started);
    }
    const [ofShort = 0, ofLong = 0] = least;
    ratio = ofLong / Math.max(ofShort, tooShortToMeasure);
  }
  return ratio;
}

/**
 * The first hostile text on which the work of `run` grows faster than its length, if there is one. `around`: what stands
 * before and behind it.
 */
export function growsFasterOn(
  run: (text: string) => unknown,
  around: readonly (readonly [before: string, behind: string])[],
): string | undefined {
  for (const [before, behind] of around) {
    for (const [name, unit] of Object.entries(units)) {
      const ratio = growth(run, (length) => before + repeated(unit, length) + behind);
      if (ratio >= bound) return `${before}${name}${behind}: ${ratio.toFixed(1)} times the work for 8 times the length`;
    }
  }
  return undefined;
}
