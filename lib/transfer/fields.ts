/** Returns what is wrong with a value, to follow its field's name in a sentence; `undefined` when nothing is. */
export type Check = (value: unknown) => string | undefined;

const longest = 65_536;

/** Text that every store returns unchanged. */
export const text: Check = (value) => {
  if (typeof value !== 'string') return 'must be a text';
  if (value.length > longest) return `must not be longer than ${longest} characters`;
  return value.isWellFormed() && !value.includes('\0') ? undefined : 'must be Unicode without NUL';
};

export const key: Check = (value) => (value === '' ? 'must not be empty' : text(value));

export const whole: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'must be a whole number, 0 or more';

export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');

export const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.some((word) => word === value) ? undefined : `must be one of ${words.join(', ')}`;

export const listOf =
  (element: Check): Check =>
  (value) =>
    Array.isArray(value) ? value.map(element).find(Boolean) : 'must be a list';

const isFields = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isFields(value)) return 'must be an object';
    const given = new Map<string, unknown>(Object.entries(value));
    const unknown = [...given.keys()].find((name) => !Object.hasOwn(checks, name));
    if (unknown !== undefined) return `holds "${unknown.slice(0, 64)}", which this version does not know`;
    for (const [name, check] of Object.entries(checks)) {
      const problem = check(given.get(name));
      if (problem !== undefined) return `"${name}" ${problem}`;
    }
    return undefined;
  };

/** A small object of text, numbers and booleans. */
export const details: Check = (value) => {
  if (!isFields(value)) return 'must be an object';
  const problems = Object.entries(value).flatMap(([name, one]) => [text(name), detail(one)]);
  return problems.find(Boolean);
};

const detail: Check = (value) => {
  if (typeof value === 'string') return text(value);
  return typeof value === 'boolean' || Number.isFinite(value) ? undefined : 'holds what is no text, number or flag';
};

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

/** A text that is checked by `problemOf`. */
export const that =
  (problemOf: (value: string) => string | undefined): Check =>
  (value) =>
    typeof value === 'string' ? (text(value) ?? problemOf(value)) : 'must be a text';
