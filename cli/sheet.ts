/** A row of a table: text by column. */
export type Row = Readonly<Record<string, string>>;

/** An object as the API has it: its field names, times in ISO 8601. */
export type Thing = Readonly<Record<string, unknown>>;

/** A column of a list, and a line where one thing is shown. `shown`: how the field is written; default: as text. */
export type Column = Readonly<{ title: string; field: string; shown?: (value: unknown) => string }>;

/** The columns that a kind of thing is shown in. */
export type Sheet = readonly Column[];

/** A value as text: nothing for `null` and what is absent, items separated by spaces. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(asText).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A time to the minute, in UTC: `2026-01-31T09:30Z`. */
export const asMinute = (value: unknown): string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? `${value.slice(0, 16)}Z` : asText(value);

/** As `asMinute`; `never` where there is no time. */
export const asMinuteOrNever = (value: unknown): string => asMinute(value) || 'never';

/** `yes` or `no`. */
export const asYesOrNo = (value: unknown): string => (value === true ? 'yes' : 'no');

/** The pairs of an object: `action=deleted role=viewer`. */
export const asPairs = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, one]) => `${name}=${asText(one)}`)
        .join(' ')
    : asText(value);

/** The row of a thing, text by the title of the column. */
export const rowOf = (sheet: Sheet, thing: Thing): Row =>
  Object.fromEntries(sheet.map(({ title, field, shown = asText }) => [title, shown(thing[field])]));
