import { prismaAdapter, type PrismaConnection, type RawClient, type TransactionalClient } from '../src/index.ts';

type Driver = Awaited<ReturnType<ReturnType<typeof prismaAdapter>['connect']>>;
type Queryable = Pick<Driver, 'queryRaw' | 'executeRaw'>;

const jsonColumn = 11;

/**
 * The part of a generated client that the kit needs, on the driver that generated clients run on: same pool, same statements, same errors of the driver.
 * What Prisma's engine makes of these errors is tested where a generated client is, in subgraphs/users.
 */
export interface DriverClient extends RawClient, TransactionalClient<RawClient>, AsyncDisposable {}

export async function aDriverClient(connection: PrismaConnection): Promise<DriverClient> {
  const driver = await prismaAdapter(connection).connect();
  return {
    ...rawOn(driver),
    async $transaction(work) {
      const transaction = await driver.startTransaction();
      try {
        const result = await work(rawOn(transaction));
        await transaction.executeRaw(query('COMMIT', []));
        await transaction.commit();
        return result;
      } catch (error) {
        await transaction.executeRaw(query('ROLLBACK', [])).catch(() => undefined);
        await transaction.rollback();
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => driver.dispose(),
  };
}

const query = (sql: string, args: readonly unknown[]): Parameters<Queryable['queryRaw']>[0] => ({
  sql,
  args: [...args],
  argTypes: args.map(() => ({ scalarType: 'unknown', arity: 'scalar' })),
});

const rawOn = (driver: Queryable): RawClient => ({
  async $queryRawUnsafe<Result>(text: string, ...values: unknown[]) {
    const { columnNames, columnTypes, rows } = await driver.queryRaw(query(text, values));
    const objects = rows.map((row) =>
      Object.fromEntries(
        columnNames.map((name, at) => {
          const value: unknown = row[at];
          return [name, columnTypes[at] === jsonColumn && typeof value === 'string' ? (JSON.parse(value) as unknown) : value];
        }),
      ),
    );
    return objects as Result;
  },
  $executeRawUnsafe: (text, ...values) => driver.executeRaw(query(text, values)),
});
