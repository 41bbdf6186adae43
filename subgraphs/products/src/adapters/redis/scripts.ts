// Each runs by itself on the server. What is absent reads as `false` there.

/** KEYS: generation, stamps. ARGV: a fresh text, milliseconds that stamps live on. Gives a ticket per stamp; makes what is missing. */
export const beginScript = `
local generation = redis.call('GET', KEYS[1])
if not generation then
  generation = ARGV[1]
  redis.call('SET', KEYS[1], generation)
end
local tickets = {}
for at = 2, #KEYS do
  local stamp = redis.call('GET', KEYS[at])
  if stamp then
    redis.call('PEXPIRE', KEYS[at], ARGV[2])
  else
    stamp = ARGV[1]
    redis.call('SET', KEYS[at], stamp, 'PX', ARGV[2])
  end
  tickets[at - 1] = generation .. ' ' .. stamp
end
return tickets
`;

/** KEYS: generation, then stamp and row in turn. ARGV: milliseconds that rows live, then ticket and row in turn. Gives 1 per row that was kept, else 0. */
export const storeScript = `
local generation = redis.call('GET', KEYS[1])
local kept = {}
for pair = 1, (#KEYS - 1) / 2 do
  local stamp = redis.call('GET', KEYS[2 * pair])
  kept[pair] = 0
  if generation and stamp and generation .. ' ' .. stamp == ARGV[2 * pair] then
    redis.call('SET', KEYS[2 * pair + 1], generation .. ' ' .. ARGV[2 * pair + 1], 'PX', ARGV[1])
    kept[pair] = 1
  end
end
return kept
`;
