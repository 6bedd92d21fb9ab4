import { replaceHazards } from '../text.ts';

/** What spreadsheets take for the beginning of a formula, full-width forms included. */
const formulas = '=+\\-@\uff1d\uff0b\uff0d\uff20';

/** Also after a separator: in some countries spreadsheets split lines at semicolons, and do not care for quotes then. */
const formula = new RegExp(`(^|[;,|])(\\s*)(?=[${formulas}])`, 'gu');

/**
 * A field of a CSV file (RFC 4180), quoted, without characters that change how a text is shown. A text that a spreadsheet would run as
 * a formula gets an apostrophe before it.
 */
const csvField = (value: string): string =>
  `"${replaceHazards(value, ' ').replace(formula, "$1$2'").replaceAll('"', '""')}"`;

/** A line of a CSV file, with its end. */
export const csvLine = (values: readonly string[]): string => `${values.map(csvField).join(',')}\r\n`;
