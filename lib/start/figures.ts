import type { Audit } from '../audit/log.ts';
import { type FigureKeeper, figureKeeper } from '../figures/index.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings/settings.ts';
import type { Stores } from '../stores/stores.ts';

type Dependencies = Readonly<{
  stores: Pick<Stores, 'records' | 'sessions'>;
  audit: Pick<Audit, 'on'>;
  clock: () => number;
  settings: Pick<Settings, 'auditRetention'>;
  log: Log;
}>;

/** Opens the figures, which count the events of the audit log: also those that its quotas leave out. */
export function openFigures({ stores, audit, clock, settings, log }: Dependencies): FigureKeeper {
  const { records, sessions } = stores;
  const countSessions = () => sessions.count(clock());
  const keeper = figureKeeper({ records, countSessions, clock, retention: settings.auditRetention, log });
  audit.on('login.succeeded', () => keeper.happened('signIns'));
  audit.on('login.failed', () => keeper.happened('failures'));
  audit.on('token.created', () => keeper.happened('tokens'));
  return keeper;
}
