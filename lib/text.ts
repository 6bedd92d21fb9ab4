/**
 * Characters that change how a text is shown instead of being shown: control characters, line and paragraph separators,
 * directional formatting characters, and invisible characters.
 */
const hazards = '\\p{Cc}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\u00ad\\u180e\\u200b\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';

/** Zero-width joiner and non-joiner: part of some scripts and of emoji, but in a log they make two names look alike. */
const joiners = '\\u200c\\u200d';

const hazard = new RegExp(`[${hazards}]`, 'u');
const everyHazard = new RegExp(`[${hazards}]`, 'gu');
const everyHazardOrJoiner = new RegExp(`[${hazards}${joiners}]`, 'gu');

/** Whether a text such as a display name holds a hazardous character. Joiners are allowed. */
export const hasHazard = (text: string): boolean => hazard.test(text);

/** Returns the text without hazardous characters; joiners stay. For values that other programs show: names, headers. */
export const withoutHazards = (text: string): string => text.replace(everyHazard, '');

/**
 * Returns the text as a log or a terminal may show it: every hazardous character and every joiner is replaced, by default
 * with the empty string. ANSI sequences lose their escape character only.
 */
export const replaceHazards = (text: string, replacement: string | ((character: string) => string) = ''): string =>
  typeof replacement === 'string'
    ? text.replace(everyHazardOrJoiner, () => replacement)
    : text.replace(everyHazardOrJoiner, replacement);
