/**
 * The text printed while there is no admin. It is not logged: the link creates an admin, and logs are stored and forwarded.
 * @param link the link, or its path where the address is not known
 */
export function setupNotice(link: string): string {
  const [page = '', token = ''] = link.split('#token=');
  const open = link.startsWith('/') ? 'Open this path, at the address where this app listens,' : 'Open this link';
  return [
    `No administrator yet. ${open} within an hour to make the first one:`,
    `  ${link}`,
    `Without JavaScript, open ${page} and paste this setup token there:`,
    `  ${token}`,
  ].join('\n\n');
}
