/** Why a record was not imported; nothing was changed for it. */
export interface Refusal {
  readonly kind: 'refused';
  readonly problem: string;
  /** `--replace` would import it. */
  readonly replaceable?: true;
  /** It is tried again when everything else was imported. */
  readonly later?: true;
}

/** What an import did with a record. `unchanged`: an equal one is stored. */
export type Outcome = Readonly<{ kind: 'created' | 'replaced' | 'unchanged' }> | Refusal;

export const created: Outcome = { kind: 'created' };
export const replaced: Outcome = { kind: 'replaced' };
export const unchanged: Outcome = { kind: 'unchanged' };

export const refused = (problem: string): Refusal => ({ kind: 'refused', problem });

/** Without `--replace`: another version of the record is stored. */
export const differs: Refusal = {
  kind: 'refused',
  problem: 'it is there already, and differs',
  replaceable: true,
};

/** Another record of the kind has this unique key. */
export function taken(kind: string, key: string, replaceable: boolean): Refusal {
  if (key === 'id') return refused('its id is that of another record');
  const problem = key === 'name' ? 'the name is in use' : `another ${kind} has the same ${key}`;
  return { kind: 'refused', problem, ...(replaceable && { replaceable }) };
}

export const isRefused = (outcome: object): outcome is Refusal =>
  'kind' in outcome && outcome.kind === 'refused' && 'problem' in outcome;
