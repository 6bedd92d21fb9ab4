import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { type ArrowFunctionExpression, type Expression, type Program, Visitor } from 'oxc-parser';
import { wordsOf } from '../../lib/pages/index.ts';
import { fieldText, refusalText, waitingText } from '../../lib/pages/refusal-text.ts';
import { translated } from '../../lib/pages/words/translated.ts';
import { sources } from '../structure/tree.ts';

const [english, german] = [wordsOf('en'), wordsOf('de')];

/** Every text of a program, with `7` for what a template inserts. */
function textsOf(program: Program): string[] {
  const found: string[] = [];
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') found.push(value);
    },
    TemplateLiteral: ({ quasis }) => found.push(quasis.map(({ value }) => value.cooked ?? '').join('7')),
  }).visit(program);
  return found;
}

/** The end of a sentence about a field. */
const isFieldProblem = (text: string): boolean =>
  /^(must|may|is|was|has|have|are|holds|cannot|needs) [a-z]/.test(text) || text === 'is missing';

/** Services and the reading of input: what they say of a field may stand on a form. */
const speakers = sources('lib').filter(({ path }) =>
  /^lib\/(accounts|tokens|session|services|routes\/(input|api\/|changing-password|pages\/))/.test(path),
);

test('what services say of a field is there in the other language', () => {
  const said = speakers.flatMap(({ program }) => textsOf(program).filter(isFieldProblem));
  equal(said.length > 40, true);
  deepEqual(
    [...new Set(said)].filter((text) => translated(german, 'fieldProblems', text) === undefined),
    [],
  );
});

type Detail = Expression | ArrowFunctionExpression['body'];
const sentenceOf = (value: Detail): string[] => {
  if (value.type === 'Literal') return typeof value.value === 'string' ? [value.value] : [];
  return value.type === 'TemplateLiteral' ? [value.quasis.map((one) => one.value.cooked ?? '').join('7')] : [];
};

/** The sentences of `detail: '…'` and `const detail = '…'`. */
function detailsOf(program: Program): string[] {
  const found: string[] = [];
  new Visitor({
    Property: ({ key, value }) => {
      if (key.type === 'Identifier' && key.name === 'detail') found.push(...sentenceOf(value as Detail));
    },
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier' && id.name === 'detail' && init) found.push(...sentenceOf(init));
    },
  }).visit(program);
  return found.filter((text) => /^[A-Z].*\.$/s.test(text));
}

/** Answers for programs alone: OAuth, forward-auth and assertions. */
const forPrograms = /^lib\/(routes\/(oauth|verify)\/|tokens\/assertion-verifier)/;

test('why something is refused is there in the other language', () => {
  const said = sources('lib')
    .filter(({ path }) => /^lib\/(accounts|tokens|session|services|routes)\//.test(path) && !forPrograms.test(path))
    .flatMap(({ program }) => detailsOf(program));
  equal(said.length > 15, true);
  deepEqual(
    [...new Set(said)].filter((text) => translated(german, 'details', text) === undefined),
    [],
  );
});

for (const [words, field, message, sentence] of [
  [english, 'username', 'is taken', 'The username is taken.'],
  [german, 'username', 'is taken', 'Der Benutzername ist schon vergeben.'],
  [german, 'password', 'must have at least 12 characters', 'Das Passwort muss mindestens 12 Zeichen haben.'],
  [german, 'role', 'must be one of anony, viewer', 'Die Rolle muss eines hiervon sein: anony, viewer.'],
  [german, 'scopes', 'must be a list of scopes', 'Die Liste der Scopes muss eine Liste von Scopes sein.'],
  [german, 'constructor', 'is missing', 'Diese Angabe fehlt.'],
  [
    german,
    'scopes',
    'holds {x} <b>, which you do not',
    'Die Liste der Scopes enthält {x} <b>; diesen Scope haben Sie selbst nicht.',
  ],
  [german, 'name', 'wants a purple hat', 'Der Name hat nicht die richtige Form.'],
] as const) {
  test(`${words.language}: ${field} ${message}`, () => equal(fieldText(words, field, message), sentence));
}

test('a refusal says what is wrong at the top, and at its fields', () => {
  const detail = 'This would leave no active administrator.';
  equal(refusalText(english, { code: 'conflict', detail }).problem, detail);
  equal(refusalText(german, { code: 'conflict' }).problem, 'Das widerspricht etwas, das es schon gibt.');
  equal(refusalText(german, { code: 'conflict', detail: 'A new reason.' }).problem, 'A new reason.');
  deepEqual(refusalText(german, { code: 'conflict', problems: [{ field: 'name', message: 'is taken' }] }), {
    problem: 'Bitte prüfen Sie die Felder.',
    problems: { name: 'Der Name ist schon vergeben.' },
  });
});

test('how long to wait is told in seconds, minutes and hours', () => {
  deepEqual(
    [0.2, 1, 45, 90, 3_600, 7_200].map((seconds) => waitingText(english, seconds)),
    [
      'Try again in a second.',
      'Try again in a second.',
      'Try again in 45 seconds.',
      'Try again in 2 minutes.',
      'Try again in 60 minutes.',
      'Try again in 2 hours.',
    ],
  );
});
