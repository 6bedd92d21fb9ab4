import { script } from './commands.ts';

/** Changes an existing session and keeps its expiry. `change` is Lua that modifies `session`. */
const updateOnly = (change: string) =>
  script(`
    local found = redis.call('GET', KEYS[1])
    if not found then return 0 end
    local session = cjson.decode(found)
    ${change}
    redis.call('SET', KEYS[1], cjson.encode(session), 'KEEPTTL')
    return 1`);

/** ARGV: the data. */
export const saveData = updateOnly('session.data = ARGV[1]');

/** ARGV: the epoch. */
export const restamp = updateOnly('session.epoch = tonumber(ARGV[1])');

/** ARGV: last use, idle end, and the current time of this instance, from which the key's expiry is computed. */
export const touch = script(`
  local found = redis.call('GET', KEYS[1])
  if not found then return 0 end
  local session = cjson.decode(found)
  local seen, idle = tonumber(ARGV[1]), tonumber(ARGV[2])
  if math.min(session.expiresAt, session.idleAt) <= seen then return 0 end
  if seen >= session.lastSeenAt then
    session.lastSeenAt = seen
    session.idleAt = idle
  end
  local left = math.min(session.expiresAt, session.idleAt) - tonumber(ARGV[3])
  redis.call('SET', KEYS[1], cjson.encode(session), 'PX', math.max(1, left))
  return 1`);

/** Ends a session, even an unreadable one. Returns whether it existed, and its owner ('' for none). */
export const end = script(`
  local found = redis.pcall('GET', KEYS[1])
  if not found then return {0, ''} end
  local owner = ''
  if type(found) == 'string' then
    local readable, session = pcall(cjson.decode, found)
    if readable and type(session) == 'table' and type(session.userId) == 'string' then owner = session.userId end
  end
  return {redis.call('DEL', KEYS[1]), owner}`);

/** Ends a session unless it is readable and another user's. ARGV: the owner. */
export const endOf = script(`
  local found = redis.pcall('GET', KEYS[1])
  if not found then return 0 end
  if type(found) == 'string' then
    local readable, session = pcall(cjson.decode, found)
    local owner = readable and type(session) == 'table' and session.userId
    if type(owner) == 'string' and owner ~= ARGV[1] then return 0 end
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

/** Adds a session to its owner's list, which expires with the last session on it. ARGV: id, absolute end, time. */
export const enlist = script(`
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
  redis.call('PEXPIRE', KEYS[1], math.max(1, tonumber(last[2]) - tonumber(ARGV[3])))
  return 1`);

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
