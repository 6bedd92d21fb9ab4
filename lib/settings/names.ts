import { type Settings, settingKeys, settingTable } from './settings.ts';

/** What every environment variable of ours begins with. */
export const environmentPrefix = 'GATEWARDEN_';

/** Read by the command when it talks to a server; no setting, and no mistake beside settings. */
const otherNames = [`${environmentPrefix}TOKEN`];

const known = new Map<string, keyof Settings>(
  settingKeys.flatMap((key) => {
    const name = environmentPrefix + settingTable[key].env;
    return [
      [name, key],
      [`${name}_FILE`, key],
    ];
  }),
);

// What Kubernetes puts into the environment of every pod for a service called gatewarden, or gatewarden-something.
const inventedName =
  /^GATEWARDEN_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const inventedAddress = /^(tcp|udp|sctp):\/\//;

/** Whether Kubernetes made this variable up; `GATEWARDEN_PORT=tcp://10.0.0.1:80` is one. */
export function isInvented(name: string, value: string): boolean {
  return inventedName.test(name) || (name.endsWith('PORT') && inventedAddress.test(value));
}

/** A problem for each variable that looks like ours and is no setting. Values are not repeated: they may be secrets. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith(environmentPrefix) && value !== undefined && !isInvented(name, value))
    .map(([name]) => name)
    .filter((name) => !known.has(name) && !otherNames.includes(name))
    .map((name) => `${shown(name)}: there is no such setting${suggestion(name, [...known.keys()])}`);
}

/** A problem for each option in code that is no setting. */
export function unknownOptions(given: object): string[] {
  return Object.keys(given)
    .filter((key) => !Object.hasOwn(settingTable, key))
    .map((key) => `option "${shown(key)}": there is no such setting${suggestion(key, settingKeys)}`);
}

const shown = (name: string) => (name.length > 80 ? `${name.slice(0, 80)}…` : name);

function suggestion(name: string, candidates: readonly string[]): string {
  const nearest = candidates
    .map((candidate) => ({ candidate, distance: editDistance(plain(name), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const near = nearest !== undefined && nearest.distance <= Math.max(2, plain(name).length / 8);
  return near ? `; did you mean ${nearest.candidate}?` : '';
}

const plain = (name: string) =>
  name
    .slice(0, 80)
    .toLowerCase()
    .replaceAll('_', '')
    .replace(/^gatewarden/, '');

/** Levenshtein: how many letters must be added, dropped or changed to make the one word of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
