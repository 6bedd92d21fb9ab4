import { type Settings, settingKeys, settingTable } from './settings.ts';

/** The prefix of every setting's environment variable. */
export const environmentPrefix = 'GATEWARDEN_';

/** Variables that the command reads when it talks to a server: not settings, and not reported as unknown. */
const otherNames = ['TOKEN', 'TOKEN_FILE', 'SERVER', 'CONTEXT'].map((name) => environmentPrefix + name);

const settingOf = new Map<string, keyof Settings>(
  settingKeys.flatMap((key) => {
    const name = environmentPrefix + settingTable[key].env;
    return [
      [name, key],
      [`${name}_FILE`, key],
    ];
  }),
);

// Kubernetes sets these in every pod for a service called gatewarden, or gatewarden-something.
const serviceVariable =
  /^GATEWARDEN_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const serviceAddress = /^(tcp|udp|sctp):\/\//;

/** Whether Kubernetes set this variable for a service called gatewarden; `GATEWARDEN_PORT=tcp://10.0.0.1:80` is one. */
export function isSetByKubernetes(name: string, value: string): boolean {
  return serviceVariable.test(name) || (name.endsWith('PORT') && serviceAddress.test(value));
}

/** A problem for each `GATEWARDEN_` variable that is not a setting. Values are not repeated: they may be secrets. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env)
    .filter(
      ([name, value]) => name.startsWith(environmentPrefix) && value !== undefined && !isSetByKubernetes(name, value),
    )
    .map(([name]) => name)
    .filter((name) => !settingOf.has(name) && !otherNames.includes(name))
    .map((name) => `${shown(name)}: there is no such setting${suggestion(name, [...settingOf.keys()])}`);
}

/** A problem for each option in code that is not a setting. */
export function unknownOptions(given: object): string[] {
  return Object.keys(given)
    .filter((key) => !Object.hasOwn(settingTable, key))
    .map((key) => `option "${shown(key)}": there is no such setting${suggestion(key, settingKeys)}`);
}

const shown = (name: string) => (name.length > 80 ? `${name.slice(0, 80)}…` : name);

/** `; did you mean NAME?` for the candidate that differs in a few letters only, else ''. */
export function suggestion(name: string, candidates: readonly string[]): string {
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

/** The Levenshtein distance: how many letters must be added, dropped or changed to turn one word into the other. */
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
