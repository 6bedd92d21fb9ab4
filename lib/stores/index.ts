export { StoreUnavailableError } from '../errors.ts';
export type * from './contracts.ts';
export * from './suites/index.ts';
