export { redisAddressOf, redisSettings, type RedisAddress } from './address.ts';
export { RedisAwayError, type RedisConnection, type RedisScript } from './connection.ts';
export { openRedis, type RedisOptions } from './open-redis.ts';
