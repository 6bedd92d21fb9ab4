import { logo, style } from './assets.ts';
import { render, type TemplateName } from './templates.ts';

/** What every page needs to know. `prefix` is the path below which our pages are served, '' for the root. */
export type Frame = Readonly<{ brandName: string; prefix: string }>;

/** Renders a template within the layout of all pages. */
export const inFrame = (name: TemplateName, frame: Frame, data: object): string =>
  render(name, { ...frame, ...data, logo: logo.name, style: style.name });
