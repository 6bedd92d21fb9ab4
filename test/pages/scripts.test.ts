import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { parseSync } from 'oxc-parser';
import { assets } from '../../lib/pages/index.ts';

type Node = Readonly<{ type: string; [key: string]: unknown }>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** The parts of a node in which names stand: not the name of a member or of a property, nor a label. */
function partsOf({ type, ...rest }: Node): Node[] {
  const { computed, property, key, label, ...named } = rest;
  const parts =
    type === 'MemberExpression' || type === 'Property' ? { ...named, ...(computed ? { property, key } : {}) } : rest;
  return Object.values(parts).flat().filter(isNode);
}

const namesIn = (node: Node): string[] =>
  node.type === 'Identifier' ? [String(node.name)] : partsOf(node).flatMap(namesIn);

const declaring: Readonly<Record<string, readonly string[]>> = {
  VariableDeclarator: ['id'],
  FunctionDeclaration: ['id', 'params'],
  FunctionExpression: ['params'],
  ArrowFunctionExpression: ['params'],
  CatchClause: ['param'],
};

const declaredIn = (node: Node): string[] => [
  ...(declaring[node.type] ?? []).flatMap((part) => [node[part]].flat().filter(isNode)).flatMap(namesIn),
  ...partsOf(node).flatMap(declaredIn),
];

/** What browsers provide, as far as the scripts use it. */
const provided = `Array Boolean DOMParser Date Event FormData Intl Math Number Object Promise String URL URLSearchParams
  WeakMap addEventListener clearTimeout document fetch globalThis history location navigator performance setTimeout undefined`;

test('no script of the pages names something that is not there', () => {
  const ours = assets.filter(({ name }) => name.endsWith('.js') && !/^(zxcvbn|guesses)-/.test(name));
  const strange = ours.flatMap(({ name, body }) => {
    const { program, errors } = parseSync(name, String(body));
    if (errors.length > 0) return [`${name}: ${errors[0]?.message}`];
    const root = program as unknown as Node;
    const known = new Set([...provided.split(/\s+/), ...declaredIn(root)]);
    return [...new Set(namesIn(root))].filter((one) => !known.has(one)).map((one) => `${name}: ${one}`);
  });
  deepEqual(strange, []);
});
