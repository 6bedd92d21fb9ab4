import { logo, style } from './assets.ts';
import { render, type TemplateName } from './templates.ts';

/** What every page shows of its installation. `prefix` is the path that our pages live below, '' for the root. */
export type Frame = Readonly<{ brandName: string; prefix: string }>;

/** A page of a template, with the frame that all pages have. */
export const inFrame = (name: TemplateName, frame: Frame, data: object): string =>
  render(name, { ...frame, ...data, logo: logo.name, style: style.name });
