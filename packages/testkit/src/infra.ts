/** The Redis and Kafka that suites of one run meet on; every test uses a prefix of its own there (`freshKey`). */
export interface TestInfra {
  /** `host:port`, as KAFKA_BROKERS has it; null where this machine has none. @throws {Error} there is none and REQUIRE_INFRA=all. */
  readonly kafkaBrokers: string | null;
  /** `redis://…`; null where this machine has none. @throws {Error} there is none and REQUIRE_INFRA=all. */
  readonly redisUrl: string | null;
}

/**
 * The servers that an environment names.
 *
 * @param environment of a test run: `npm test` and `npm run infra -- run` put the addresses there.
 */
export function readInfra(environment: Readonly<Record<string, string | undefined>>): TestInfra {
  const read = (name: string): string | null => {
    const value = environment[name] ?? '';
    if (value !== '') return value;
    if (environment['REQUIRE_INFRA'] === 'all')
      throw new Error(`REQUIRE_INFRA=all, and ${name} is not set: run the tests by "npm test", which starts what they need`);
    return null;
  };
  return {
    get kafkaBrokers() {
      return read('KAFKA_BROKERS');
    },
    get redisUrl() {
      return read('REDIS_URL');
    },
  };
}

/** What this run has: `describe.skipIf(infra.kafkaBrokers === null)('…')`. */
export const infra: TestInfra = readInfra(process.env);
