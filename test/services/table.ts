import type { Row, Way } from './behind.ts';

const heads = ['Service', 'Version', 'Browser', 'Command line', 'WebSocket or stream', 'What it needs'];

function cell(row: Row, way: Way): string {
  return row.tried
    .filter((one) => one.way === way)
    .map((one) => one.title)
    .join('; ');
}

/** Settings as they are typed, then what the service or its clients have to be told. */
function needs({ settings, needs: told }: Row): string {
  const typed = Object.entries(settings).map(([name, value]) => `\`GATEWARDEN_${name}=${value}\``);
  const all = [...typed, ...told];
  return all.length === 0 ? 'nothing' : all.join('; ');
}

function cells(row: Row): string[] {
  const version = `${row.version} (${row.from})`;
  return [
    row.name,
    version,
    cell(row, 'browser'),
    cell(row, 'command line'),
    cell(row, 'socket or stream'),
    needs(row),
  ];
}

const line = (values: readonly string[]) => `| ${values.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`;

/** The rows as a table in Markdown. */
export function table(rows: readonly Row[]): string {
  return [heads, heads.map(() => '---'), ...rows.map(cells)].map(line).join('\n');
}
