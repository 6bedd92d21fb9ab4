import { Eta } from 'eta';

/** `<%= %>` escapes its value; attributes are always quoted. */
export const eta: Eta = new Eta({ autoEscape: true, cache: true });

/** The name of a template. */
export type TemplateName = `@${string}`;

/** Renders a template with `data`. Throws for one that was not loaded: `templates.ts` loads all. */
export const render = (name: TemplateName, data: object): string => eta.render(name, data);
