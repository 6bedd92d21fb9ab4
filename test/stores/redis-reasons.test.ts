import { equal } from 'node:assert/strict';
import test from 'node:test';
import { ErrorReply } from 'redis';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { isReplica, reasonOf } from '../../lib/stores/redis/link.ts';

/** What Redis 7 answers, and what Redis 6 answers to a script. */
const replies: [reply: string, reason: string, replica?: boolean][] = [
  [
    "READONLY You can't write against a read only replica. script: 1f, on @user_script:2.",
    'it is a replica, which takes no writes',
    true,
  ],
  [
    "ERR Error running script (call to f_1f): @user_script:2: -READONLY You can't write against a read only replica.",
    'it is a replica, which takes no writes',
    true,
  ],
  [
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'it is a replica that has lost its master',
    true,
  ],
  ["OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:2.", 'its memory is full'],
  [
    "ERR Error running script (call to f_1f): @user_script:2: -OOM command not allowed when used memory > 'maxmemory'.",
    'its memory is full',
  ],
  [
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    'it cannot write to its disk',
  ],
  ['NOREPLICAS Not enough good replicas to write.', 'fewer replicas follow it than min-replicas-to-write'],
  ['CLUSTERDOWN The cluster is down', 'the cluster does not serve all of its keys'],
  ['LOADING Redis is loading the dataset in memory', 'it is still loading its data'],
  ["NOPERM User gatewarden has no permissions to run the 'evalsha' command", 'the user may not do what is needed'],
  ['WRONGPASS invalid username-password pair', 'it does not accept the user or the password'],
  ['ERR DB index is out of range', 'it has no database of that number'],
  ['BUSY sesame', 'it refuses with BUSY'],
];
for (const [reply, reason, replica = false] of replies) {
  test(`“${reply.slice(0, 60)}” means that ${reason}`, () => {
    const error = new ErrorReply(reply);
    equal(reasonOf(error), reason);
    equal(reasonOf(new StoreUnavailableError('redis', { cause: error })), reason);
    equal(isReplica(error), replica);
  });
}
