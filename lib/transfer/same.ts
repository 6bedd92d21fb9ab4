function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, canonical(field)]),
  );
}

/** Whether two records have equal fields, in any order, but for those `left out`; an absent field equals an undefined one. */
export function sameFields(one: object, other: object, leftOut: readonly (string | undefined)[]): boolean {
  const compared = (record: object) => {
    const fields = Object.entries(record).filter(([name]) => !leftOut.includes(name));
    return JSON.stringify(canonical(Object.fromEntries(fields)));
  };
  return compared(one) === compared(other);
}
