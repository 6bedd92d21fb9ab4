import { NotToldError, type Refusal, type StoreUnavailableError } from '../../errors.ts';

const outage: Refusal = Object.freeze({ code: 'store_unavailable', retryAfter: 2 });

const applied: Refusal = Object.freeze({
  ...outage,
  applied: true,
  detail:
    'The change is made here and stands. Other instances are still being told of it, and may accept for some seconds what it ended. Repeat the request to be sure that it holds everywhere.',
});

/** The refusal for a store that is unavailable; with `applied` for a change that stands but could not be told. */
export const refusalOf = (error: StoreUnavailableError): Refusal => (error instanceof NotToldError ? applied : outage);
