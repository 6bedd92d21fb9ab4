import { folder, matching, secretKeys, wholeNumber } from './parsers.ts';
import { everywhere, type Setting, servers } from './setting.ts';
import { storeUrl } from './urls.ts';

/** Settings of the stores, and the key that secrets are encrypted with. */
export const storesSettings = {
  /**
   * The folder of the SQLite file and of the secret key that is generated at the first start. Default: `./.gatewarden`.
   */
  dataDir: {
    parser: folder,
    default: './.gatewarden',
    help: 'The folder of the SQLite file and of the secret key that is generated at the first start.',
    appliesTo: everywhere,
    example: '/var/lib/gatewarden',
  },
  /**
   * At least 32 bytes as URL-safe base64; `gatewarden keygen` makes one. A comma-separated list rotates: the first
   * signs and encrypts, all verify and decrypt. Default: generated at the first start, in `DATA_DIR/secret_key`;
   * required with `MONGODB_URL` or `REDIS_URL`.
   */
  secretKey: {
    parser: secretKeys,
    secret: true,
    defaultInWords:
      'generated at the first start, in `DATA_DIR/secret_key`; required with `MONGODB_URL` or `REDIS_URL`',
    help: 'At least 32 bytes as URL-safe base64; `gatewarden keygen` makes one. A comma-separated list rotates: the first signs and encrypts, all verify and decrypt.',
    appliesTo: everywhere,
    example: 'what `gatewarden keygen` prints',
  },
  /**
   * Users, tokens, audit and keys in MongoDB instead of SQLite, for several instances that share them. Default: none.
   */
  mongodbUrl: {
    parser: storeUrl(
      ['mongodb:', 'mongodb+srv:'],
      'must be a URL such as mongodb://user:password@host:27017/gatewarden',
    ),
    secret: true,
    help: 'Users, tokens, audit and keys in MongoDB instead of SQLite, for several instances that share them.',
    appliesTo: everywhere,
    example: 'mongodb://localhost:27017/gatewarden',
  },
  /**
   * Sessions, counters and the channel between instances in Redis instead of SQLite.
   * `redis+sentinel://host,host/master` and `redis+cluster://host,host` too. Default: none.
   */
  redisUrl: {
    parser: storeUrl(
      ['redis:', 'rediss:', 'redis+sentinel:', 'rediss+sentinel:', 'redis+cluster:', 'rediss+cluster:'],
      'must be a URL such as redis://user:password@host:6379 (rediss: for TLS, redis+sentinel: and redis+cluster: with a list of hosts)',
    ),
    secret: true,
    help: 'Sessions, counters and the channel between instances in Redis instead of SQLite. `redis+sentinel://host,host/master` and `redis+cluster://host,host` too.',
    appliesTo: everywhere,
    example: 'redis://localhost:6379',
  },
  /**
   * Begins the name of every key and channel in Redis, so that installations can share a server. Letters, digits and
   * `._:/@-`, at most 100. Default: `gatewarden:`.
   */
  redisPrefix: {
    parser: matching(/^[A-Za-z0-9._:/@-]{1,100}$/, 'must be 1 to 100 letters, digits and ._:/@- characters'),
    default: 'gatewarden:',
    help: 'Begins the name of every key and channel in Redis, so that installations can share a server. Letters, digits and `._:/@-`, at most 100.',
    appliesTo: everywhere,
    example: 'wiki:',
  },
  /**
   * How many signed-in credentials an instance remembers, each for at most 15 seconds, so that their requests cost no
   * look-up. Each takes about a kilobyte of memory. Default: `100000`.
   */
  cacheEntries: {
    parser: wholeNumber(1, 10_000_000),
    default: '100000',
    help: 'How many signed-in credentials an instance remembers, each for at most 15 seconds, so that their requests cost no look-up. Each takes about a kilobyte of memory.',
    appliesTo: servers,
    example: '500000',
  },
} satisfies Readonly<Record<string, Setting>>;
