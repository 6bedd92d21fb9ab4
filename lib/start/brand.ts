import { readFileSync, statSync } from 'node:fs';
import { SettingsError } from '../errors.ts';
import { type Brand, brandOf } from '../pages/brand/brand.ts';
import { logoProblem } from '../pages/index.ts';
import type { Settings } from '../settings/settings.ts';

type BrandSettings = Pick<Settings, 'brandName' | 'brandLogo' | 'brandColor'>;

/** In bytes. */
const largestLogo = 200_000;

/** The look that the settings describe. Throws `SettingsError` when the logo cannot be read or shown. */
export function readBrand({ brandName: name, brandLogo, brandColor: colour }: BrandSettings): Brand {
  return brandOf({ name, colour, logo: brandLogo === undefined ? undefined : readLogo(brandLogo) });
}

function readLogo(path: string): Buffer {
  const bytes = bytesOf(path);
  const problem = typeof bytes === 'string' ? bytes : logoProblem(bytes);
  if (typeof bytes === 'string' || problem !== undefined) throw new SettingsError([`BRAND_LOGO: "${path}" ${problem}`]);
  return bytes;
}

/** The content of the file, or what is wrong with it. The size is looked at first, since a device has no end. */
function bytesOf(path: string): Buffer | string {
  try {
    const found = statSync(path);
    if (!found.isFile()) return 'is no file';
    return found.size > largestLogo ? 'is larger than 200 kB' : readFileSync(path);
  } catch (error) {
    return `cannot be read (${error instanceof Error && 'code' in error ? error.code : 'unreadable'})`;
  }
}
