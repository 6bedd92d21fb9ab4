/**
 * The shortest piece that a text is made of, over and over: `abc` of `abcabcabc`; the text itself where it is no repetition.
 * Linear, by the borders of Knuth, Morris and Pratt, where a pattern with a back-reference is quadratic.
 */
export function unit(text: string): string {
  const borders = bordersOf(text);
  const piece = text.length - (borders.at(-1) ?? 0);
  return piece > 0 && text.length % piece === 0 ? text.slice(0, piece) : text;
}

/** For each beginning of the text, how long its longest border is: a shorter text that it both begins and ends with. */
function bordersOf(text: string): Uint32Array {
  const borders = new Uint32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (length > 0 && text[at] !== text[length]) length = borders[length - 1] ?? 0;
    if (text[at] === text[length]) length += 1;
    borders[at] = length;
  }
  return borders;
}
