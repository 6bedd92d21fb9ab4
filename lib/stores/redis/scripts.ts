import { script } from './commands.ts';

/** Saves the data of an existing session, and keeps its expiry. ARGV: the data. */
export const saveData = script(`
  local found = redis.call('GET', KEYS[1])
  if not found then return 0 end
  local session = cjson.decode(found)
  session.data = ARGV[1]
  redis.call('SET', KEYS[1], cjson.encode(session), 'KEEPTTL')
  return 1`);

/** What the list of its owner names a readable session by: owner, creation, absolute end; '' as the owner of none. */
const named = `
  local function named(session)
    if type(session) ~= 'table' or type(session.userId) ~= 'string' then return '', '0', '0' end
    local created, expires = tonumber(session.createdAt) or 0, tonumber(session.expiresAt) or 0
    return session.userId, string.format('%.0f', created), string.format('%.0f', expires)
  end`;

/**
 * ARGV: last use, idle end, and the current time of this instance, from which the key's expiry is computed. Returns whether
 * it is there, when it ends now, and what its owner's list names it by.
 */
export const touch = script(`
  ${named}
  local found = redis.call('GET', KEYS[1])
  if not found then return {0} end
  local session = cjson.decode(found)
  local seen, idle = tonumber(ARGV[1]), tonumber(ARGV[2])
  if math.min(session.expiresAt, session.idleAt) <= seen then return {0} end
  if seen >= session.lastSeenAt then
    session.lastSeenAt = seen
    session.idleAt = idle
  end
  local ends = math.min(session.expiresAt, session.idleAt)
  redis.call('SET', KEYS[1], cjson.encode(session), 'PX', math.max(1, ends - tonumber(ARGV[3])))
  return {1, string.format('%.0f', ends), named(session)}`);

/** Ends a session, even an unreadable one. Returns whether it existed, and what its owner's list names it by. */
export const end = script(`
  ${named}
  local found = redis.pcall('GET', KEYS[1])
  if not found then return {0} end
  local readable, session = pcall(cjson.decode, type(found) == 'string' and found or '')
  return {redis.call('DEL', KEYS[1]), '0', named(readable and session)}`);

/**
 * Ends a session unless it is readable and another user's, or of a later epoch. ARGV: the owner, the first epoch that is
 * spared. Returns whether it ended; 2: it stays on the owner's list.
 */
export const endOf = script(`
  local found = redis.pcall('GET', KEYS[1])
  if not found then return 0 end
  local readable, session = pcall(cjson.decode, type(found) == 'string' and found or '')
  if readable and type(session) == 'table' then
    if type(session.userId) == 'string' and session.userId ~= ARGV[1] then return 0 end
    if (tonumber(session.epoch) or 0) >= tonumber(ARGV[2]) then return 2 end
  end
  return redis.call('DEL', KEYS[1])`);

/** Deletes an expired session. ARGV: the time. */
export const sweep = script(`
  local found = redis.pcall('GET', KEYS[1])
  if type(found) ~= 'string' then return 0 end
  local readable, session = pcall(cjson.decode, found)
  if not readable or type(session) ~= 'table' then return 0 end
  local ends = math.min(tonumber(session.expiresAt) or math.huge, tonumber(session.idleAt) or math.huge)
  if ends > tonumber(ARGV[1]) then return 0 end
  return redis.call('DEL', KEYS[1])`);

/**
 * Adds a session to its owner's list, which expires with the last session on it. ARGV: the name on the list, its last use, what
 * is left until its absolute end (ms), and how many sessions the user may have (0: no limit). Returns the least recently used
 * ones beyond that, after those whose absolute end has passed were taken off.
 */
export const enlist = script(`
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  local life, most = tonumber(ARGV[3]), tonumber(ARGV[4])
  if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], math.max(1, life)) end
  if most == 0 or redis.call('ZCARD', KEYS[1]) <= most then return {} end
  for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local ends = tonumber(string.match(name, '%d+$'))
    if not ends or ends <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], name) end
  end
  local excess = redis.call('ZCARD', KEYS[1]) - most
  if excess <= 0 then return {} end
  return redis.call('ZRANGE', KEYS[1], 0, excess - 1)`);

/** Puts a name in a sorted set, which expires with the last one in it. ARGV: the name, its score, what is left of its time (ms). */
export const addName = script(`
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  local life = tonumber(ARGV[3])
  if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], math.max(1, life)) end
  return 1`);

/** How many on a list have not reached their absolute end. ARGV: the time. */
export const countListed = script(`
  local count = 0
  for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local ends = tonumber(string.match(name, '%d+$'))
    if ends and ends > tonumber(ARGV[1]) then count = count + 1 end
  end
  return count`);

/** What is counted and what is left of its time in milliseconds; {0, 0} when nothing is. */
export const countOf = script(`
  local count = tonumber(redis.call('GET', KEYS[1]) or 0)
  return {count, math.max(0, redis.call('PTTL', KEYS[1]))}`);

/** Holds a place, by Redis's own clock. ARGV: the holder, how many may be held, for how long (ms). */
export const hold = script(`
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  local held = redis.call('ZCARD', KEYS[1])
  if held >= tonumber(ARGV[2]) then return 0 end
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  return held + 1`);

/** Keeps the latest addresses. ARGV: the address, when, how many, and for how long (ms). */
export const rememberAddress = script(`
  redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return 1`);

/**
 * Notes a telling as the newest one, then publishes it with the id of its predecessor. The write comes first: a replica and
 * a full server refuse it. ARGV: the id, the channel, the message as a JSON object.
 */
export const tell = script(`
  local before = redis.call('HGET', KEYS[1], 'newest') or ''
  redis.call('HSET', KEYS[1], 'newest', ARGV[1])
  redis.call('PUBLISH', ARGV[2], '{"after":' .. cjson.encode(before) .. ',' .. string.sub(ARGV[3], 2))
  return before`);

/** Writes, and returns the id of the newest telling; where none is noted, ARGV[1] is, so that lost data show. */
export const beat = script(`
  redis.call('HSET', KEYS[1], 'beat', ARGV[1])
  redis.call('HSETNX', KEYS[1], 'newest', ARGV[1])
  return redis.call('HGET', KEYS[1], 'newest')`);

/** The version of what is stored here; noted as ARGV[1] in an empty store. */
export const schemaVersion = script(`
  local version = redis.call('GET', KEYS[1])
  if version then return version end
  redis.call('SET', KEYS[1], ARGV[1])
  return ARGV[1]`);
