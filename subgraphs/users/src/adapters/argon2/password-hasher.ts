import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { metrics } from '@opentelemetry/api';
import { HasherBusyError, type PasswordHasher } from '../../ports/password-hasher.ts';

/** OWASP's first choice for Argon2id: 19 MiB, 2 passes, 1 lane; 16 bytes of salt, 32 of hash (RFC 9106 for the form). */
export const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

// Argon2id; the package's own constant is a const enum, which erasable TypeScript cannot read.
const algorithm = 2;
const stalePattern = `$argon2id$v=19$m=${String(parameters.memoryCost)},t=${String(parameters.timeCost)},p=${String(parameters.parallelism)}$`;
const maxWaiting = 100;

const meter = metrics.getMeter('tally.users');
const seconds = meter.createHistogram('argon2_seconds', { unit: 's' });

/**
 * Runs on libuv's threads behind a queue of its own: cores - 1 at once, 100 waiting, so that a storm of sign-ins costs sign-ins and nothing else.
 *
 * @param pepper a secret that is not in the database.
 */
export function createPasswordHasher(pepper: string, atOnce = Math.max(1, availableParallelism() - 1)): PasswordHasher {
  const options = { ...parameters, algorithm, secret: Buffer.from(pepper) };
  const waiting: (() => void)[] = [];
  let running = 0;
  meter.createObservableGauge('argon2_queue_length').addCallback((result) => {
    result.observe(waiting.length);
  });
  // Made with the same parameters, so that an account that does not exist costs what one that exists costs.
  const nobody = hash('nobody has this password', options);
  nobody.catch(() => undefined);

  async function queued<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) throw new HasherBusyError('too many sign-ins are waiting');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      seconds.record((performance.now() - startedAt) / 1000);
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }

  return {
    hash: (password) => queued(() => hash(password, options)),
    async verify(passwordHash, password) {
      const usable = passwordHash?.startsWith('$argon2id$') === true ? passwordHash : null;
      const right = await queued(async () => verify(usable ?? (await nobody), password, options));
      if (!right || usable === null) return 'wrong';
      return usable.startsWith(stalePattern) ? 'right' : 'stale';
    },
  };
}
