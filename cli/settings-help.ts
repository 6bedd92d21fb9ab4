import { settingTable } from '#settings';

const width = 78;

/** Wraps text at `width` characters; each line begins with `indent`. */
function wrapped(text: string, indent: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (indent.length + line.length > width) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines.map((line) => indent + line).join('\n');
}

/** The help text on the settings of `run`, made from the table that they are read by. */
export function settingsHelp(): string {
  const settings = Object.values(settingTable)
    .filter((setting) => setting.appliesTo.includes('gateway'))
    .map(({ env, help, default: usual, defaultInWords = usual }) => {
      const text = defaultInWords === undefined || defaultInWords === '' ? help : `${help} Default: ${defaultInWords}.`;
      return `  GATEWARDEN_${env}\n${wrapped(text, '      ')}`;
    });
  return `\nEnvironment, each also as GATEWARDEN_…_FILE, the path of a file that holds it:\n${settings.join('\n')}`;
}
