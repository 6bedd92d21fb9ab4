/** A place in the file; both numbers are 1-based. */
export type Place = Readonly<{ line: number; column: number }>;

/** What is wrong at one place of the file, as a sentence. */
export type Problem = Readonly<{ place: Place; text: string }>;

/** The keys and indexes that lead to a value: `['routes', 0, 'host']`. */
export type Path = readonly PropertyKey[];

/** More are counted only. */
const most = 50;

/** The problems in the order of the file, each as `gatewarden.yaml:12:5: …`; of very many the first 50. */
export function sentences(file: string, problems: readonly Problem[]): readonly string[] {
  const inOrder = [...problems].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const shown = inOrder.slice(0, most).map((problem) => sentence(file, problem));
  const more = problems.length - shown.length;
  return more > 0 ? [...shown, `${file}: and ${more} more`] : shown;
}

/** One problem, as `gatewarden.yaml:12:5: …`. */
export const sentence = (file: string, { place, text }: Problem): string =>
  `${file}:${place.line}:${place.column}: ${text}`;
