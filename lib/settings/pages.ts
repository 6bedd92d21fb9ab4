import { title } from './parsers.ts';
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
} satisfies Readonly<Record<string, Setting>>;
