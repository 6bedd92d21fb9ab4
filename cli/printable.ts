const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
// Control characters, line and paragraph separators, and the marks that turn the direction of text or hide in it.
const hidden = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** A value as a terminal may show it: no escape sequence, control character or bidirectional mark is left in it. */
export const printable = (value: string): string =>
  value
    .replace(ansi, '')
    .replace(/[\t\r\n]+/g, ' ')
    .replace(hidden, '');

const escaped = (mark: string): string => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON whose values are whole, with every such character escaped: a program reads them back, a terminal shows them. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => line.replace(hidden, escaped))
    .join('\n');
