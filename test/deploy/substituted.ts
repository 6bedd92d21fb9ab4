/** A shipped file with other addresses. Each must stand in it exactly once, so that the file is tested as it is otherwise. */
export function substituted(text: string, replacements: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [from, to] of Object.entries(replacements)) {
    if (text.split(from).length !== 2) throw new Error(`"${from}" is not there exactly once`);
    result = result.replace(from, () => to);
  }
  return result;
}
