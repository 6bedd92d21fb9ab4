import { logo, page, style } from './assets.ts';
import { render, type TemplateName } from './templates.ts';
import { timeElement } from './time.ts';
import { type WordKey, type Words, type WordValues, wordsOf } from './words/words.ts';

/** How an installation looks: the name that it shows, and the files of its logo and styles below `assets/`. */
export type Brand = Readonly<{ name: string; logo: string; styles: readonly string[] }>;

/** The pages of the administration, in the order of its navigation. */
export const adminPlaces = [
  'overview',
  'users',
  'invitations',
  'clients',
  'sessions',
  'audit',
  'rules',
  'settings',
  'health',
] as const;
export type AdminPlace = (typeof adminPlaces)[number];

/** Who looks at a page. `places`: the pages of the administration that they may see. `canSignOut`: they have a session. */
export type Viewer = Readonly<{ name: string; role: string; places: readonly AdminPlace[]; canSignOut: boolean }>;

/** What every page needs to know. */
export type Frame = Readonly<{
  brand: Brand;
  /** The path below which our pages are served, '' for the root. */
  prefix: string;
  words: Words;
  /** Absent on pages that are for anyone, such as the sign-in. */
  viewer?: Viewer | undefined;
}>;

/** The look of an installation without a logo and a colour of its own. */
export const plainBrand = (name: string): Brand => Object.freeze({ name, logo: logo.name, styles: [style.name] });

/** A frame in English with the look of Gatewarden. */
export const plainFrame = (prefix = '', name = 'Gatewarden'): Frame => ({
  brand: plainBrand(name),
  prefix,
  words: wordsOf('en'),
});

/** What a template gets besides its data: words (`t` as text, `m` as markup), times, addresses of files. */
const tools = ({ prefix, words, brand, viewer }: Frame) => ({
  ...{ prefix, brand, viewer },
  brandName: brand.name,
  lang: words.language,
  dir: 'ltr',
  t: (key: WordKey, values?: WordValues) => words.text(key, values),
  m: (key: WordKey, values?: WordValues) => words.markup(key, values),
  time: (at: number) => timeElement(words, at),
  asset: (name: string) => `${prefix}/assets/${name}`,
});

/**
 * Renders a template within the layout of all pages. `data.place` names the page in the navigation, `data.scripts` the scripts that it
 * loads besides that of all pages.
 */
export function inFrame(name: TemplateName, frame: Frame, data: FrameData): string {
  const isAdmin = adminPlaces.some((one) => one === data.place);
  return render(name, { ...data, ...tools(frame), isAdmin, scripts: [page.name, ...(data.scripts ?? [])] });
}

type FrameData = Readonly<{ place?: AdminPlace | 'account'; scripts?: readonly string[]; [name: string]: unknown }>;
