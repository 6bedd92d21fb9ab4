/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Parses a JSON object; `undefined` for everything else. */
export function objectIn(body: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the value is an object of JSON, and no list. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text field `name`; `undefined` when it is not there or of another type. */
export function textIn(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === 'string' ? value : undefined;
}
