export { type Clock, systemClock } from './clock.ts';
export { crashPoint, crashPoints, isCrashPoint, onCrashPoint, type CrashPoint } from './crash-point.ts';
export { canonicalJson, fingerprint } from './fingerprint.ts';
export {
  createIdFactory,
  fromUuid,
  isId,
  newId,
  newShardedId,
  parseId,
  prefixOf,
  shardCount,
  shardOf,
  shardOfBuyer,
  toUuid,
  useIds,
  type Id,
  type IdFactory,
  type IdPrefix,
  type ShardedPrefix,
} from './ids.ts';
export {
  addMoney,
  compareMoney,
  fractionDigits,
  maxMinorUnits,
  money,
  multiplyMoney,
  shareOf,
  subtractMoney,
  sumMoney,
  zero,
  type Money,
} from './money.ts';
export { ok, refuse, type Outcome } from './outcome.ts';
export { createRandom, type Random } from './random.ts';
export { UnreachableError, unreachable } from './unreachable.ts';
