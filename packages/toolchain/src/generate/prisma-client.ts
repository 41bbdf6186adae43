import { existsSync } from 'node:fs';
import { runPrisma } from '../prisma-cli.ts';
import { inRoot } from '../repository.ts';
import { onceFor, textOf } from './stamp.ts';

/**
 * Generates the database client of a subgraph from `prisma/<name>/schema.prisma`.
 *
 * @returns whether there was anything to do.
 * @throws {Error} with what the Prisma CLI printed.
 */
export async function generatePrismaClient(name: string): Promise<boolean> {
  const schema = inRoot('prisma', name, 'schema.prisma');
  if (!existsSync(schema)) return false;
  const inputs = [textOf(schema), textOf(inRoot('node_modules', 'prisma', 'package.json'))];
  return onceFor(inputs, inRoot('subgraphs', name, 'src', 'generated', 'prisma'), async () => {
    const { code, printed } = await runPrisma({ name, folder: `prisma/${name}` }, ['generate']);
    if (code !== 0) throw new Error(`prisma generate failed for ${name}\n${printed}`);
  });
}
