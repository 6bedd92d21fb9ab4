import { type Argument, type Program, Visitor } from 'oxc-parser';

const calls = new Set(['test', 'it', 'describe']);

/** The titles of the tests and groups of a program, `…` standing for what is filled in; skipped tests and computed titles are left out. */
export function titlesIn(program: Program): string[] {
  const titles: string[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [first] }) {
      const title = callee.type === 'Identifier' && calls.has(callee.name) ? textOf(first) : undefined;
      if (title !== undefined) titles.push(title);
    },
  }).visit(program);
  return titles;
}

function textOf(argument: Argument | undefined): string | undefined {
  if (argument?.type === 'Literal') return typeof argument.value === 'string' ? argument.value : undefined;
  if (argument?.type !== 'TemplateLiteral') return undefined;
  return argument.quasis.map(({ value }) => value.cooked ?? value.raw).join('…');
}
