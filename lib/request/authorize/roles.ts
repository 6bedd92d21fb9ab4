import type { Ladder, Rung } from '../../types.ts';

const rungs = ['anony', 'viewer', 'user', 'operator', 'admin'] as const satisfies readonly Rung[];
export const defaultRoles: string = rungs.join(',');

const roleName = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

type RoleEntry = Readonly<{ name: string; means: string | undefined }>;

/**
 * Parses `GATEWARDEN_ROLES` into the ladder of roles, lowest first: `anony,guest=viewer,member=user,lead=operator,admin`.
 * The first is `anony`, the last `admin`; `name=rung` maps a name to a built-in role. A built-in role without a name is
 * mapped to the next higher one, so that leaving it out opens nothing.
 * @throws TypeError that describes what is wrong with the text
 */
export function ladder(spec: string = defaultRoles): Ladder {
  const entries = parseEntries(spec.trim() === '' ? defaultRoles : spec);
  const names: readonly string[] = Object.freeze(entries.map((entry) => entry.name));
  const positions = new Map(names.map((name, at) => [name, at]));
  const lowest = names[0] ?? 'anony';
  const rungNames = nameRungs(entries);

  const position = (role: string): number => positions.get(role) ?? 0;
  return Object.freeze({
    names,
    position,
    has: (role: string) => positions.has(role),
    atLeast(role: string, required: string) {
      const floor = positions.get(required);
      if (floor === undefined) throw new TypeError(`There is no role "${required}".`);
      return position(role) >= floor;
    },
    lower(a: string, b: string) {
      return names[Math.min(position(a), position(b))] ?? lowest;
    },
    rung: (rung: Rung) => rungNames[rung],
  });
}

function parseEntries(spec: string): readonly RoleEntry[] {
  const entries = spec.split(',').map((part) => {
    const [name = '', means, more] = part.split('=').map((word) => word.trim());
    if (!roleName.test(name) || more !== undefined) throw new TypeError(`"${part.trim()}" is not the name of a role.`);
    if (name.toLowerCase() === 'public')
      throw new TypeError('"public" is a keyword of the rules and cannot name a role.');
    return { name, means };
  });
  if (entries[0]?.name !== 'anony') throw new TypeError('The first role is "anony".');
  if (entries.length < 2 || entries.at(-1)?.name !== 'admin') throw new TypeError('The last role is "admin".');
  const lowered = entries.map((entry) => entry.name.toLowerCase());
  const twice = entries.find((entry, at) => lowered.indexOf(entry.name.toLowerCase()) !== at);
  if (twice) throw new TypeError(`There are two roles "${twice.name}".`);
  return entries;
}

const middle = ['viewer', 'user', 'operator'] as const;
const isMiddle = (word: string): word is (typeof middle)[number] => middle.some((rung) => rung === word);

function nameRungs(entries: readonly RoleEntry[]): Readonly<Record<Rung, string>> {
  const taken = new Map<string, number>();
  entries.forEach(({ name, means }, at) => {
    if (means !== undefined && !(isMiddle(means) || means === name)) {
      throw new TypeError(`"${name}=${means}": a name may stand for viewer, user or operator.`);
    }
    const rung = means ?? name;
    if (!isMiddle(rung)) return;
    if (taken.has(rung)) throw new TypeError(`Two roles stand for ${rung}.`);
    taken.set(rung, at);
  });
  const at = (rung: (typeof middle)[number], next: number): number => taken.get(rung) ?? next;
  const operator = at('operator', entries.length - 1);
  const user = at('user', operator);
  const viewer = at('viewer', user);
  if (viewer > user || user > operator) throw new TypeError('viewer, user and operator must rise in this order.');
  const nameAt = (index: number): string => entries[index]?.name ?? 'admin';
  return { anony: 'anony', viewer: nameAt(viewer), user: nameAt(user), operator: nameAt(operator), admin: 'admin' };
}
