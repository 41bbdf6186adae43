import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { metrics } from '@opentelemetry/api';
import { HasherBusyError, type PasswordHasher } from '../../ports/password-hasher.ts';

/** OWASP's first choice for Argon2id: 19 MiB, 2 passes, 1 lane; 16 bytes of salt, 32 of hash (RFC 9106 for the form). */
export const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

// Argon2id; the package's own constant is a const enum, which erasable TypeScript cannot read.
const algorithm = 2;
const ours = '$argon2id$v=19$';
const current = `${ours}m=${String(parameters.memoryCost)},t=${String(parameters.timeCost)},p=${String(parameters.parallelism)}$`;

// libuv has four threads; one of them stays for name look-ups and files, or a storm of sign-ins would stop those as well.
const mostAtOnce = 3;

/** How many wait before the next is turned away. */
export const maxWaiting = 100;

/** What runs at once: a core stays for the event loop. */
const standardAtOnce = (): number => Math.max(1, Math.min(availableParallelism() - 1, mostAtOnce));

/** The two calls of the library, both on libuv's threads. */
export interface Argon2 {
  hash(password: string, options: object): Promise<string>;
  verify(passwordHash: string, password: string, options: object): Promise<boolean>;
}

const library: Argon2 = { hash, verify };

/**
 * Argon2id on libuv's threads behind a queue of its own, so that a storm of sign-ins costs sign-ins and nothing else.
 *
 * @param pepper a secret that is not in the database.
 * @param overrides for tests: how many run at once, and what does the work.
 */
export function createPasswordHasher(
  pepper: string,
  overrides: { readonly atOnce?: number; readonly argon2?: Argon2 } = {},
): PasswordHasher {
  const { atOnce = standardAtOnce(), argon2 = library } = overrides;
  const options = { ...parameters, algorithm, secret: Buffer.from(pepper) };
  const meter = metrics.getMeter('tally.users');
  const seconds = meter.createHistogram('argon2_seconds', { unit: 's', description: 'work of one hash, without its wait' });
  const queueLength = meter.createUpDownCounter('argon2_waiting', { description: 'sign-ins that wait for the hasher' });
  const waiting: (() => void)[] = [];
  let running = 0;
  let nobody: Promise<string> | null = null;

  async function queued<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running < atOnce) running++;
    else {
      if (waiting.length >= maxWaiting) throw new HasherBusyError('too many sign-ins are waiting');
      queueLength.add(1);
      // Whoever finishes hands its place over: `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
      queueLength.add(-1);
    }
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

  /** Made with today's parameters, so that an account that does not exist costs what one that exists costs. */
  const hashOfNobody = (): Promise<string> =>
    (nobody ??= argon2.hash('nobody has this password', options).catch((error: unknown) => {
      nobody = null;
      throw error;
    }));
  // Made ahead: the first stranger would otherwise wait twice as long as the first customer.
  void queued(hashOfNobody).catch(() => undefined);

  return {
    hash: (password) => queued(() => argon2.hash(password, options)),
    async verify(passwordHash, password) {
      const usable = passwordHash?.startsWith(ours) === true ? passwordHash : null;
      const right = await queued(async () => argon2.verify(usable ?? (await hashOfNobody()), password, options));
      if (!right || usable === null) return 'wrong';
      return usable.startsWith(current) ? 'right' : 'stale';
    },
  };
}
