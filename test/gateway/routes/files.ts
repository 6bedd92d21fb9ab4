/** The text of a configuration file with these routes. */
export const fileOf = (...routes: readonly string[]): string => `routes:\n${routes.join('\n')}\n`;

/** A route of a file, with further lines of its own. Its rules open everything to users, and `/public` to everybody. */
export function routeOf(host: string, upstream: string, ...lines: readonly string[]): string {
  const rules = lines.some((line) => line.startsWith('rules:')) ? [] : ['rules: public * /public/**; user * /**'];
  const own = [`upstream: ${upstream}`, ...rules, ...lines].map((line) => `    ${line}`);
  return [`  - host: "${host}"`, ...own].join('\n');
}
