import { Composer, type CST, type Document, Lexer, LineCounter, Parser, type YAMLError } from 'yaml';
import type { Place, Problem } from './place.ts';

/** Levels of a file. A file of routes has about six. */
const deepest = 32;
/** Values that the parser has begun and not ended: two or three a level. Its own work takes a stack frame for each. */
const mostOpen = 4 * deepest;

/** The one document of a YAML text. */
export type ParsedYaml =
  | Readonly<{ ok: true; document: Document.Parsed; placeAt: (offset: number) => Place }>
  | Readonly<{ ok: false; problems: readonly Problem[] }>;

/**
 * Parses a YAML 1.2 text in time that grows with its length: repeated keys are not looked for here, since the parser compares
 * each key with every other one, and a text that is nested deeply is refused before it is composed, which takes a stack frame
 * a level.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const { tokens, tooDeepAt } = tokensIn(text, lines);
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fail = (offset: number, problem: string) =>
    ({ ok: false, problems: [{ place: placeAt(offset), text: problem }] }) as const;

  const deep = tooDeepAt ?? nestedTooDeeply(tokens);
  if (deep !== undefined) return fail(deep, `values are nested more than ${deepest} levels deep`);
  const [document, second] = [...new Composer({ uniqueKeys: false, prettyErrors: false }).compose(tokens)];
  if (document === undefined) return fail(0, 'the file has no routes');
  if (second !== undefined) return fail(second.range[0], 'a second document begins here; the file is one document');
  const mistakes: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) return { ok: false, problems: mistakes.map((one) => problemOf(one, placeAt)) };
  return { ok: true, document, placeAt };
}

/** The tokens of a text up to where it is nested so deeply that the parser would run out of stack. */
function tokensIn(text: string, lines: LineCounter): { tokens: CST.Token[]; tooDeepAt?: number } {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > mostOpen) return { tokens, tooDeepAt: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
}

const problemOf = ({ pos, message }: YAMLError, placeAt: (offset: number) => Place): Problem => ({
  place: placeAt(pos[0]),
  text: `is not valid YAML: ${message.split('\n')[0]}`,
});

type Level = Readonly<{ token: CST.Token; depth: number }>;

/** The offset of the first value below the deepest level, or undefined. */
function nestedTooDeeply(tokens: readonly CST.Token[]): number | undefined {
  const open: Level[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > deepest) return token.offset;
    for (const inner of partsOf(token)) open.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}

function partsOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((part) => part !== undefined && part !== null));
}
