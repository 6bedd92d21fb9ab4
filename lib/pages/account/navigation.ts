import type { Frame, SideNavigation } from '../frame.ts';

/** The pages of the account, in the order of its navigation, and their paths. */
const paths = {
  overview: '/account',
  devices: '/account/devices',
  tokens: '/account/tokens',
  activity: '/account/activity',
} as const;
type AccountPlace = keyof typeof paths;

const places = Object.keys(paths) as readonly AccountPlace[];

/** The navigation of the account, on the page `at`. */
export const accountNavigation = ({ prefix, words }: Frame, at: AccountPlace): SideNavigation => ({
  label: words.text('account.pages'),
  items: places.map((place) => ({
    href: `${prefix}${paths[place]}`,
    text: words.text(`account.${place}`),
    current: place === at,
  })),
});

/** What the layout needs to know of an account page. */
export const atAccount = (frame: Frame, at: AccountPlace) =>
  ({ place: 'account', navigation: accountNavigation(frame, at) }) as const;
