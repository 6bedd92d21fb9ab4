/** What is printed while there is no admin. Not through the log: the link makes an admin, and logs are kept and shipped. */
export function setupNotice(link: string): string {
  const [page = '', token = ''] = link.split('#token=');
  return [
    'No administrator yet. Open this link within an hour to make the first one:',
    `  ${link}`,
    `Without JavaScript, open ${page} and paste this setup token there:`,
    `  ${token}`,
  ].join('\n\n');
}
