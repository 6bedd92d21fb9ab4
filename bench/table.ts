import Table from 'cli-table3';

/** Prints a table with a headline: the first row's cells are the columns' names. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const colAligns = head.map((_, at) => (at === 0 ? 'left' : 'right')) satisfies ('left' | 'right')[];
  const table = new Table({ head: [...head], colAligns, style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  console.log(`\n${title}\n${table.toString()}`);
}
