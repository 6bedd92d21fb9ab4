import { z } from 'zod';

/** How a value is written in a line, and read from it. */
interface Form {
  /** Fields in the schema's order, their names in snake case; absent ones are left out. */
  toLine(value: unknown): unknown;
  /** Names of fields that the schema does not know are brought from snake case too: an older version may have had them. */
  toRecord(value: unknown): unknown;
  /** The path to a field that the schema does not know. */
  unknownIn(value: unknown): readonly string[] | undefined;
}

const isFields = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asItIs: Form = { toLine: (value) => value, toRecord: (value) => value, unknownIn: () => undefined };

/** The name of a field in a line. */
export const lineName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const fieldName = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A field in camel case is kept apart from the same in snake case, which is the known one. */
const unknownFieldName = (name: string): string => (/[A-Z]/.test(name) ? `${name}_` : fieldName(name));

/** What is not in the schema of today, from snake case throughout. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [unknownFieldName(name), renamed(one)]));
}

function objectForm(shape: Readonly<Record<string, unknown>>): Form {
  const fields = Object.entries(shape).map(([field, schema]) => [field, lineName(field), formOf(schema)] as const);
  const known = new Map(fields.map(([field, name, form]) => [name, [field, form] as const]));

  function toLine(value: unknown): unknown {
    const values = new Map(Object.entries(isFields(value) ? value : {}));
    return Object.fromEntries(
      fields.flatMap(([field, name, form]) => {
        const one = values.get(field);
        return one === undefined ? [] : [[name, form.toLine(one)]];
      }),
    );
  }
  function toRecord(value: unknown): unknown {
    if (!isFields(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]): [string, unknown] => {
        const [field, form] = known.get(name) ?? [];
        return field === undefined ? [unknownFieldName(name), renamed(one)] : [field, form?.toRecord(one)];
      }),
    );
  }
  function unknownIn(value: unknown): readonly string[] | undefined {
    if (!isFields(value)) return undefined;
    for (const [field, one] of Object.entries(value)) {
      const form = known.get(lineName(field))?.[1];
      const deeper = Object.hasOwn(shape, field) ? form?.unknownIn(one) : [];
      if (deeper !== undefined) return [field, ...deeper];
    }
    return undefined;
  }
  return { toLine, toRecord, unknownIn };
}

function listForm(element: Form): Form {
  const mapped = (convert: Form['toLine']) => (value: unknown) => (Array.isArray(value) ? value.map(convert) : value);
  return {
    toLine: mapped(element.toLine),
    toRecord: mapped(element.toRecord),
    unknownIn: (value) => (Array.isArray(value) ? value.map(element.unknownIn).find(Boolean) : undefined),
  };
}

/** The names in it are data. Sorted, since a store may return them in another order. */
const namedForm: Form = {
  ...asItIs,
  toLine: (value) =>
    isFields(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
};

/** Follows from the schema. */
export function formOf(schema: unknown): Form {
  if (schema instanceof z.ZodOptional) return formOf(schema.unwrap());
  if (schema instanceof z.ZodArray) return listForm(formOf(schema.element));
  if (schema instanceof z.ZodObject) return objectForm(schema.shape);
  return schema instanceof z.ZodRecord ? namedForm : asItIs;
}
