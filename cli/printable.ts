import { replaceHazards } from '#text';

const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** A value as a terminal may show it: without escape sequences and hazardous characters, on one line. */
export const printable = (value: string): string => replaceHazards(value.replace(ansi, '').replace(/[\t\r\n]+/g, ' '));

const escaped = (mark: string): string => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON whose values are whole, with every hazardous character escaped: a program reads them back, a terminal shows them. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => replaceHazards(line, escaped))
    .join('\n');
