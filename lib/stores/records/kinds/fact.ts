import { z } from 'zod';
import { name, text } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({ id: name, value: text });

export type FactRecord = Readonly<z.infer<typeof schema>>;

/** A named value of the whole installation, such as its id and the check value of `SECRET_KEY`. */
export const factKind = kind<FactRecord>({
  name: 'fact',
  version: 1,
  migrations: [],
  schema,
  keys: {},
  orders: {},
});
