import { type ArrowFunctionExpression, type Function as FunctionNode, type Program, Visitor } from 'oxc-parser';

/** A function of a file: its first line, and how many lines are its own. */
export type Measured = { line: number; own: number };

type Span = { first: number; last: number; nested: Set<number> };

/**
 * Measures every function of a program. Lines of a function within it that takes more than one are not its own: a
 * factory's closures count one by one.
 */
export function measure(text: string, program: Program): Measured[] {
  const measured: Measured[] = [];
  const open: Span[] = [];
  const starts = [...text.matchAll(/^/gm)].map(({ index }) => index);
  const lineAt = (offset: number) => starts.findLastIndex((start) => start <= offset) + 1;

  function enter({ start, end }: FunctionNode | ArrowFunctionExpression): void {
    open.push({ first: lineAt(start), last: lineAt(end), nested: new Set() });
  }

  function leave(): void {
    const span = open.pop();
    if (span === undefined) return;
    const lines = span.last - span.first + 1;
    measured.push({ line: span.first, own: lines - span.nested.size });
    const outer = open.at(-1);
    for (let line = span.first; outer && lines > 1 && line <= span.last; line++) outer.nested.add(line);
  }

  new Visitor({
    FunctionDeclaration: enter,
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
  }).visit(program);
  return measured;
}
