import { type Asset, asset, logoIn, logo as ownLogo, style } from '../assets.ts';
import { coloursOf } from './colour.ts';
import { imageIn } from './image.ts';

/** How an installation looks: the name that it shows, and its logo and styles. */
export type Brand = Readonly<{
  name: string;
  /** The name of the logo's file below `assets/`. */
  logo: string;
  /** How much wider than high the logo is, at most 6. */
  logoRatio: number;
  /** The names of the stylesheets below `assets/`. */
  styles: readonly string[];
  /** The files that this installation has besides those of every one. */
  files: readonly Asset[];
}>;

/** What an installation shows in place of our own look. `colour`: `#rrggbb`, without a problem. `logo`: a file with an image. */
export type BrandParts = Readonly<{ name: string; colour?: string | undefined; logo?: Buffer | undefined }>;

const widest = 6;

/** Makes the look of an installation. Throws `TypeError` for a logo in which `logoProblem` finds something. */
export function brandOf({ name, colour, logo }: BrandParts): Brand {
  const image = logo === undefined ? { file: ownLogoIn(colour), ratio: 1 } : givenLogo(logo);
  const colours =
    colour === undefined ? [] : [asset('brand/colours', 'css', 'text/css; charset=utf-8', coloursOf(colour))];
  return Object.freeze({
    name,
    logo: image.file.name,
    logoRatio: image.ratio,
    styles: [style.name, ...colours.map((one) => one.name)],
    files: Object.freeze([image.file, ...colours].filter((file) => file !== ownLogo)),
  });
}

const ownLogoIn = (colour: string | undefined): Asset => (colour === undefined ? ownLogo : logoIn(colour));

function givenLogo(bytes: Buffer): { file: Asset; ratio: number } {
  const image = imageIn(bytes);
  if (typeof image === 'string') throw new TypeError(`the logo ${image}`);
  const ratio = Math.min(Math.max(image.ratio, 1 / widest), widest);
  return { file: asset('brand/logo', image.extension, image.type, bytes), ratio };
}

/** What is wrong with a logo, in words that follow the name of its file; undefined for one that can be shown. */
export function logoProblem(bytes: Buffer): string | undefined {
  const image = imageIn(bytes);
  return typeof image === 'string' ? image : undefined;
}
