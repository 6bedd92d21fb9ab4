import { StoreUnavailableError } from '../../../errors.ts';

/**
 * Returns a function that runs work on the same key one after another, in the order of the calls. When the store did not
 * answer to one, those that wait behind it reject too, so that a hung server holds nobody longer than one of its timeouts.
 */
export function turns() {
  const last = new Map<string, Promise<void>>();
  return async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = last.get(key);
    const outcome = before === undefined ? work() : before.then(work);
    const turn = outcome.then(
      () => undefined,
      (error) => {
        if (error instanceof StoreUnavailableError) throw error;
      },
    );
    last.set(key, turn);
    const forget = () => void (last.get(key) === turn && last.delete(key));
    turn.then(forget, forget);
    return outcome;
  };
}
