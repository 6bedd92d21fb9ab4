/** Red, green and blue, from 0 to 255. */
type Colour = readonly [red: number, green: number, blue: number];

/** The least contrast of text with what is behind it (WCAG 2.2, 1.4.3). */
const readable = 4.5;

const white: Colour = [255, 255, 255];
const black: Colour = [0, 0, 0];

/** `hex`: `#rrggbb`. */
export function colourIn(hex: string): Colour {
  const at = (from: number) => Number.parseInt(hex.slice(from, from + 2), 16);
  return [at(1), at(3), at(5)];
}

const hexOf = (colour: Colour): string =>
  `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** The relative luminance (WCAG 2.2). */
function luminance(colour: Colour): number {
  const linear = (part: number) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const [red, green, blue] = colour;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** The contrast of two colours, from 1 to 21 (WCAG 2.2). */
export function contrast(one: Colour, other: Colour): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function mixed(from: Colour, to: Colour, share: number): Colour {
  const part = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share);
  return [part(0), part(1), part(2)];
}

/** The colour nearest to `colour` on the way to `end` that has `least` contrast with each of `behind`; `end` if none has. */
function nearest(colour: Colour, end: Colour, behind: readonly Colour[], least = readable): Colour {
  for (let step = 0; step < 255; step += 1) {
    const candidate = mixed(colour, end, step / 255);
    if (behind.every((one) => contrast(candidate, one) >= least)) return candidate;
  }
  return end;
}

/**
 * What is wrong with a colour of the brand, and the nearest one that is right; undefined for one that can be used. White text on it,
 * and it as text on a white card, must be readable.
 */
export function colourProblem(hex: string): string | undefined {
  const colour = colourIn(hex);
  const ratio = contrast(colour, white);
  if (ratio >= readable) return undefined;
  // Rounded down, so that no colour that is refused seems to pass.
  const shown = (Math.floor(ratio * 10) / 10).toFixed(1);
  return `has a contrast of ${shown}:1 with white, where text needs 4.5:1; the nearest colour that has it is ${hexOf(nearest(colour, black, [white]))}`;
}

/** The grounds of the stylesheet of all pages on which text of the brand's colour stands. */
const grounds = {
  light: ['#ffffff', '#f3f5f9'].map(colourIn),
  dark: ['#181f2b', '#0f141d', '#10161f'].map(colourIn),
};

/** Values of the custom properties of the stylesheet of all pages, by colour scheme. */
export type Palette = Readonly<Record<'--accent' | '--accent-strong' | '--on-accent' | '--glow' | '--link', string>>;

function lightPalette(brand: Colour): Palette {
  const glow = mixed(white, brand, 0.13);
  return {
    '--accent': hexOf(brand),
    '--accent-strong': hexOf(mixed(brand, black, 0.22)),
    '--on-accent': hexOf(white),
    '--glow': hexOf(glow),
    '--link': hexOf(nearest(brand, black, [...grounds.light, glow])),
  };
}

/** On dark grounds the colour is lightened until it is as readable as the one of the brand is on light ones, and text on it is dark. */
function darkPalette(brand: Colour): Palette {
  const glow = mixed(colourIn('#0f141d'), brand, 0.2);
  const accent = nearest(brand, white, [...grounds.dark, glow], 6.5);
  return {
    '--accent': hexOf(accent),
    '--accent-strong': hexOf(mixed(accent, white, 0.35)),
    '--on-accent': hexOf(nearest(mixed(brand, black, 0.6), black, [accent], 6)),
    '--glow': hexOf(glow),
    '--link': hexOf(accent),
  };
}

/** The palettes of the colour of a brand, which `colourProblem` has found none with. */
export function palettesOf(hex: string): Readonly<{ light: Palette; dark: Palette }> {
  const brand = colourIn(hex);
  return { light: lightPalette(brand), dark: darkPalette(brand) };
}

const rule = (palette: Palette): string =>
  `:root { ${Object.entries(palette)
    .map(([name, value]) => `${name}: ${value};`)
    .join(' ')} }`;

/** The stylesheet that puts the colour of a brand in place of ours. */
export function coloursOf(hex: string): string {
  const { light, dark } = palettesOf(hex);
  return `${rule(light)}\n@media (prefers-color-scheme: dark) {\n  ${rule(dark)}\n}\n`;
}
