import { Schema, type SchemaDefinition } from 'mongoose';
import type { z } from 'zod';
import type { AnyKind, Fields } from '../../records/kind.ts';

/**
 * A record as it is stored: its fields with `id` as `_id`, its version, and what queries select by (`key_…`, `order_…`,
 * `_owner`, `_expires`).
 */
export type Stored = Fields &
  Readonly<{
    _id: string;
    version: number;
    /** Random for each write, so that a write whose answer was lost is known again. */
    _mark: string;
    /** The version of the schema that the record was written with. */
    _schema: number;
  }>;

type Declared = z.core.$ZodType;
type Shape = Readonly<Record<string, Declared>>;

/** zod has checked what is written, so mongoose only casts. Unknown fields are kept. */
const options = {
  strict: false,
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  versionKey: false,
  minimize: false,
  id: false,
  _id: false,
  suppressReservedKeysWarning: true,
} as const;

/** The names of the fields that the store adds to those of a record. */
const added = /^(_|key_|order_|version$)/;

export const isAdded = (name: string): boolean => added.test(name);

const definitionOf = (schema: Declared) => (schema as z.core.$ZodTypes)._zod.def;

/** The fields of an object, which may be optional; `undefined` for anything else. */
export function shapeOf(schema: Declared | undefined): Shape | undefined {
  const definition = schema && definitionOf(schema);
  if (definition === undefined) return undefined;
  if (definition.type === 'object') return definition.shape;
  return 'innerType' in definition ? shapeOf(definition.innerType) : undefined;
}

const ofLiteral = { string: String, number: Number, boolean: Boolean } as const;

/** The type of a field for mongoose; anything that has none of its own is `Mixed`. */
function typeOf(schema: Declared): unknown {
  const definition = definitionOf(schema);
  const shape = shapeOf(schema);
  if (shape !== undefined) return new Schema(fieldsOf(shape), options);
  if ('innerType' in definition) return typeOf(definition.innerType);
  if (definition.type === 'array') return [typeOf(definition.element)];
  if (definition.type === 'enum') return typeOfValues(Object.values(definition.entries));
  if (definition.type === 'literal') return typeOfValues(definition.values);
  return definition.type === 'string' || definition.type === 'number' || definition.type === 'boolean'
    ? ofLiteral[definition.type]
    : Schema.Types.Mixed;
}

function typeOfValues(values: readonly unknown[]): unknown {
  const [first, ...others] = new Set(values.map((value) => typeof value));
  const known = first === 'string' || first === 'number' || first === 'boolean';
  return known && others.length === 0 ? ofLiteral[first] : Schema.Types.Mixed;
}

// No default: a missing list and an empty one differ.
const fieldsOf = (shape: Shape): SchemaDefinition =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, { type: typeOf(schema), default: undefined }]),
  ) as SchemaDefinition;

/** The indexes of a kind: its unique keys, its orders (among all and of an owner) and its expiry. */
export function indexesOf(kind: AnyKind): { name: string; key: Record<string, 1>; unique?: true; sparse?: true }[] {
  const orders = Object.keys(kind.orders).map((name) => `order_${name}`);
  return [
    ...Object.keys(kind.keys).map(
      (name) => ({ name: `by_key_${name}`, key: { [`key_${name}`]: 1 }, unique: true, sparse: true }) as const,
    ),
    ...orders.map((order) => ({ name: `by_${order}`, key: { [order]: 1 } }) as const),
    ...(kind.owner ? ['_id', ...orders] : []).map(
      (order) => ({ name: `by_owner_and_${order.replace(/^_/, '')}`, key: { _owner: 1, [order]: 1 } }) as const,
    ),
    ...(kind.expiry ? [{ name: 'by_expiry', key: { _expires: 1 } } as const] : []),
  ];
}

/** The mongoose schema of a kind. Throws `TypeError` for a field with a name that the store uses itself. */
export function mongooseSchema(kind: AnyKind): Schema<Stored> {
  const { id: _id, ...shape } = kind.schema.shape;
  const reserved = Object.keys(shape).find(isAdded);
  if (reserved !== undefined) throw new TypeError(`a field of the kind "${kind.name}" is called ${reserved}`);
  const texts = [
    ...Object.keys(kind.keys).map((key) => `key_${key}`),
    ...Object.keys(kind.orders).map((order) => `order_${order}`),
  ];
  const own = {
    _id: { type: String, required: true },
    version: { type: Number },
    _mark: { type: String },
    _schema: { type: Number },
    _owner: { type: String },
    _expires: { type: Number },
    ...Object.fromEntries(texts.map((name) => [name, { type: String }])),
  };
  const schema = new Schema<Stored>({ ...fieldsOf(shape), ...own } as SchemaDefinition, options);
  for (const { key, ...index } of indexesOf(kind)) schema.index(key, index);
  return schema;
}

const layout = 1;

/** The collection of a kind, without `gatewarden_`. Its name carries the version of this layout of documents. */
export const collectionName = ({ name }: AnyKind): string => `${name.replaceAll('-', '_')}_v${layout}`;
