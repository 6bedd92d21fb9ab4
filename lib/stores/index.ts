export { StoreUnavailableError } from '../errors.ts';
export type * from './records/users.ts';
export * from './suites/index.ts';
