/** A part of time that a chart has one bar for, in milliseconds since the epoch. */
export type ChartPeriod = Readonly<{ at: number; until: number }>;

/** One number for each period; undefined where nothing is known. `look`: its colour, a class of the stylesheet. */
export type Series = Readonly<{ label: string; look: string; values: readonly (number | undefined)[] }>;

/** A bar, or the part of one, in the units of the chart: a period is 10 wide, and all of it is 100 high. */
type Bar = Readonly<{ look: string; x: number; y: number; width: number; height: number }>;

/** What a template draws: bars by period, and the numbers beside its scale, the greatest first. */
export type Drawing = Readonly<{ width: number; bars: readonly (readonly Bar[])[]; scale: readonly number[] }>;

const periodWidth = 10;
const height = 100;

/** The steps of the scale begin with these digits, so that its half is a whole number. */
const steps = [2, 4, 6, 8, 10];

/** The least number at or above `most` that is good to read at the top of a scale. */
export function topOf(most: number): number {
  for (let unit = 1; ; unit *= 10) {
    const found = steps.find((step) => step * unit >= most);
    if (found !== undefined) return found * unit;
  }
}

const sumAt = (series: readonly Series[], at: number): number =>
  series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0);

/** Draws the series as bars, one on the other. `joined`: the bars touch, for a number that goes on from period to period. */
export function drawing(series: readonly Series[], periods: number, joined = false): Drawing {
  const at = Array.from({ length: periods }, (_, period) => period);
  const top = topOf(Math.max(...at.map((period) => sumAt(series, period))));
  const gap = joined ? 0 : 1;
  return {
    width: periods * periodWidth,
    bars: at.map((period) => stack(series, period, { gap, top })),
    scale: [top, top / 2, 0],
  };
}

function stack(series: readonly Series[], period: number, { gap, top }: { gap: number; top: number }): Bar[] {
  let above = height;
  return series.flatMap(({ look, values }) => {
    const value = values[period] ?? 0;
    if (value === 0) return [];
    const tall = heightOf(value / top);
    above = Math.max(0, above - tall);
    return { look, x: period * periodWidth + gap, y: rounded(above), width: periodWidth - 2 * gap, height: tall };
  });
}

/** What is not nothing is seen, however little it is. */
const heightOf = (share: number): number => Math.max(1, rounded(share * height));
const rounded = (length: number): number => Math.round(length * 100) / 100;
