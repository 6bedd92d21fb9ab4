import { page } from './assets.ts';
import { type Brand, brandOf } from './brand/brand.ts';
import { render, type TemplateName } from './engine.ts';
import { type TimeFormat, timeElement } from './time.ts';
import { type WordKey, type Words, type WordValues, wordsOf } from './words/words.ts';

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

/** The navigation beside a page. `label` names it for screen readers; `href` has the prefix. */
export type SideNavigation = Readonly<{
  label: string;
  items: readonly Readonly<{ href: string; text: string; current: boolean }>[];
}>;

/** What every page needs to know. */
export type Frame = Readonly<{
  brand: Brand;
  /** The path below which our pages are served, '' for the root. */
  prefix: string;
  words: Words;
  /** Absent on pages that are for anyone, such as the sign-in. */
  viewer?: Viewer | undefined;
}>;

/** A frame in English with the look of Gatewarden. */
export const plainFrame = (prefix = '', name = 'Gatewarden'): Frame => ({
  brand: brandOf({ name }),
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
  time: (at: number, format?: TimeFormat) => timeElement(words, at, format),
  asset: (name: string) => `${prefix}/assets/${name}`,
  logoWidth: (height: number) => Math.round(height * brand.logoRatio),
});

const adminNavigation = ({ prefix, words, viewer }: Frame, at: string | undefined): SideNavigation => ({
  label: words.text('nav.label'),
  items: (viewer?.places ?? []).map((place) => ({
    href: `${prefix}/admin${place === 'overview' ? '' : `/${place}`}`,
    text: words.text(`nav.${place}`),
    current: place === at,
  })),
});

/**
 * Renders a template within the layout of all pages. `data.place` names the page: one of the administration has its navigation, others
 * that of `data.navigation`, if any. `data.scripts` are the scripts that it loads besides that of all pages.
 */
export function inFrame(name: TemplateName, frame: Frame, data: FrameData): string {
  const isAdmin = adminPlaces.some((one) => one === data.place);
  const navigation = isAdmin ? adminNavigation(frame, data.place) : data.navigation;
  return render(name, { ...data, ...tools(frame), isAdmin, navigation, scripts: [page.name, ...(data.scripts ?? [])] });
}

type FrameData = Readonly<{
  place?: AdminPlace | 'account';
  navigation?: SideNavigation | undefined;
  scripts?: readonly string[];
  [name: string]: unknown;
}>;
