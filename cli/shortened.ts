/** The most characters of a cell. */
const longest = 48;

/** The most UTF-16 code units of a cell: a character may have any number of marks on it. */
const mostUnits = 4 * longest;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text for a cell of a table: what is over 48 characters is cut, and ends with `…`. */
export function shortened(text: string): string {
  if (text.length <= longest) return text;
  const kept = [...segmenter.segment(text.slice(0, mostUnits + 1))];
  if (kept.length <= longest && text.length <= mostUnits) return text;
  return `${kept
    .slice(0, longest - 1)
    .map(({ segment }) => segment)
    .join('')
    .slice(0, mostUnits)}…`;
}
