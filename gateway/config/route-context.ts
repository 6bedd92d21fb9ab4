import type { Resolved } from '#settings';
import type { Path, Place } from './place.ts';
import type { WrittenFile } from './written-file.ts';

/** What the checks of a route use. */
export type RouteContext = Readonly<{
  resolved: Resolved;
  file: WrittenFile;
  /** The folder that paths of PEM files are relative to. */
  folder: string;
  /** Where the route stands: `['routes', 0]`. */
  path: Path;
  /** Adds a problem. `path`: from the route on. */
  complain: (path: Path, text: string) => void;
  complainAt: (place: Place, text: string) => void;
  /** Adds a sentence that deserves attention. */
  warn: (place: Place, text: string) => void;
}>;
