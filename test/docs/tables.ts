/** A row of a table in a page, with the heading that it stands under. */
export interface Row {
  readonly heading: string;
  /** The cells as they are written, without the spaces around them. */
  readonly cells: readonly string[];
}

/** The rows of the tables of a page whose heading has `column` at that place; the heading itself is none of them. */
export function rowsOf(page: string, column: string, at: number): Row[] {
  const rows: Row[] = [];
  let heading = '';
  let within = false;
  for (const line of page.split('\n')) {
    const cells = cellsOf(line);
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    else if (cells === undefined) within = false;
    else if (cells[at] === column) within = true;
    else if (within && !/^-+$/.test(cells[0] ?? '')) rows.push({ heading, cells });
  }
  return rows;
}

const cellsOf = (line: string): string[] | undefined =>
  line.startsWith('|')
    ? line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim())
    : undefined;

/** What is written as code in a text, and the exit code that stands behind it: 0, unless it says `(exits 4: …)`. */
export const codeIn = (text: string): readonly Readonly<{ code: string; exits: number }>[] =>
  [...text.matchAll(/`([^`]+)`(?: \(exits (\d))?/g)].map(([, code = '', exits = '0']) => ({
    code,
    exits: Number(exits),
  }));
