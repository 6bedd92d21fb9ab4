import type { Log } from '../../log.ts';
import type { Commands } from './commands.ts';

/** Logs a warning for each way in which the server is configured to lose what it acknowledged. */
export async function warnOfServer(commands: Commands, key: string, log: Log): Promise<void> {
  // Some providers and users do not permit this command.
  const info = await commands.send(key, 'INFO').catch(() => '');
  for (const warning of warningsIn(fieldsOf(String(info)))) log.warn({ store: 'redis' }, warning);
}

const fieldsOf = (info: string): ReadonlyMap<string, string> =>
  new Map(
    info.split(/\r?\n/).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );

function warningsIn(info: ReadonlyMap<string, string>): readonly string[] {
  return [evictionIn(info), replicationIn(info)].filter((warning) => warning !== undefined);
}

function evictionIn(info: ReadonlyMap<string, string>): string | undefined {
  const policy = info.get('maxmemory_policy') ?? '';
  const isLimited = Number(info.get('maxmemory')) > 0;
  if (!isLimited || !/^(allkeys|volatile)-/.test(policy)) return undefined;
  return `maxmemory-policy ${policy}: Redis drops sessions and attempt counters when its memory is full; use noeviction`;
}

function replicationIn(info: ReadonlyMap<string, string>): string | undefined {
  const replicas = Number(info.get('connected_slaves'));
  if (info.get('role') !== 'master' || !(replicas > 0) || info.has('min_slaves_good_slaves')) return undefined;
  return (
    'min-replicas-to-write 0: a master that is cut off from its replicas goes on acknowledging what its successor will not ' +
    'know; set min-replicas-to-write to 1, and min-replicas-max-lag below down-after-milliseconds'
  );
}
