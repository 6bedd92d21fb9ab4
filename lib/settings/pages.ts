import { colour, file, title } from './parsers.ts';
import { type Setting, servers } from './setting.ts';

/** Settings of the pages. */
export const pagesSettings = {
  /** The name that the pages show. Default: `Gatewarden`. */
  brandName: {
    parser: title,
    default: 'Gatewarden',
    help: 'The name that the pages show.',
    appliesTo: servers,
    example: 'Example Corp',
  },
  /**
   * A file with the logo that the pages show, and browsers in their tabs: SVG (without scripts), PNG, WebP or JPEG, of
   * up to 200 kB. Read at the start. Default: none.
   */
  brandLogo: {
    parser: file,
    help: 'A file with the logo that the pages show, and browsers in their tabs: SVG (without scripts), PNG, WebP or JPEG, of up to 200 kB. Read at the start.',
    appliesTo: servers,
    example: '/etc/gatewarden/logo.svg',
  },
  /**
   * The colour of buttons, links and marks of the pages, as `#rrggbb`. White text on it must be readable (4.5:1), which
   * is checked at the start. Dark pages have a lighter shade of it. Default: none.
   */
  brandColor: {
    parser: colour,
    help: 'The colour of buttons, links and marks of the pages, as `#rrggbb`. White text on it must be readable (4.5:1), which is checked at the start. Dark pages have a lighter shade of it.',
    appliesTo: servers,
    example: '#0b6e4f',
  },
} satisfies Readonly<Record<string, Setting>>;
