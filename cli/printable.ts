import { replaceHazards } from '#text';

const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** The value on one line, without escape sequences and hazardous characters: safe to show on a terminal. */
export const printable = (value: string): string => replaceHazards(value.replace(ansi, '').replace(/[\t\r\n]+/g, ' '));

const escaped = (mark: string): string => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON with every hazardous character escaped: safe to show on a terminal, and parsing it returns the same value. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => replaceHazards(line, escaped))
    .join('\n');

/** The same on one line. */
export const printableJsonLine = (value: unknown): string => replaceHazards(JSON.stringify(value), escaped);
