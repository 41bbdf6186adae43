import { newId } from '@tally/kernel';
import type { Sql } from '@tally/testkit';
import { expect, test } from 'vitest';

/** A subgraph alone on a database of its own, asked by a member of staff. */
export interface TroubleWorld extends AsyncDisposable {
  /** As its app role. */
  readonly sql: Sql;
  /** @param scopes of somebody who is signed in; `null`: nobody is. */
  ask(
    scopes: readonly string[] | null,
    query: string,
    variables: Record<string, unknown>,
  ): Promise<{ readonly data: Record<string, unknown> | null; readonly codes: readonly unknown[] }>;
}

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly node: Readonly<Record<string, unknown>> }[];
}

/** What every subgraph shows of its trouble, and lets staff do about it. */
export function describeTrouble(name: string, open: () => Promise<TroubleWorld>): void {
  const list = 'totalCount pageInfo { hasNextPage endCursor } edges { node';
  const view = `query($first: Int = 20, $after: String) { trouble {
    parked: ${name}Parked(first: $first, after: $after) { ${list} { consumer topic key since letters errorClass error redriveRequestedAt } } }
    interventions: ${name}Interventions(first: $first) { ${list} { id actor action subject reason details at } } }
  } }`;
  const redrive = `mutation($topic: String!, $key: String, $reason: String!) { done: ${name}Redrive(topic: $topic, key: $key, reason: $reason) {
    parked { consumer topic key } userErrors { code field }
  } }`;
  const staff = ['operations:read', 'operations:write'];
  const topic = 'users.user.v1';

  const seen = async (world: TroubleWorld, variables = {}): Promise<Readonly<Record<'parked' | 'interventions', Page>>> => {
    const { data, codes } = await world.ask(staff, view, variables);
    expect(codes).toEqual([]);
    return data?.['trouble'] as Readonly<Record<'parked' | 'interventions', Page>>;
  };
  const park = (world: TroubleWorld, keys: number) =>
    world.sql.execute(
      `WITH parked AS (INSERT INTO parked_key (consumer, topic, key, parked_at, letters)
         SELECT 'nobody', $1, 'key ' || n, now() - n * interval '1 minute', 1 FROM generate_series(1, $2) n RETURNING key)
       INSERT INTO dead_letter (consumer, topic, partition, position, key, event_id, sequence, type, payload, recorded_at, error_class, error, attempts)
       SELECT 'nobody', $1, 0, '1', key, gen_random_uuid(), 1, 'UserChanged', '{}', now(), 'PoisonEventError', 'why', 1 FROM parked`,
      [topic, keys],
    );

  test('parked keys are shown longest first, page by page, and handled again on somebody’s word, which is on record', async () => {
    await using world = await open();
    await park(world, 3);

    const { parked } = await seen(world, { first: 2 });
    const rest = await seen(world, { first: 2, after: parked.pageInfo.endCursor });
    expect([...parked.edges, ...rest.parked.edges].map(({ node }) => node['key'])).toEqual(['key 3', 'key 2', 'key 1']);
    expect([parked.totalCount, parked.pageInfo.hasNextPage, rest.parked.pageInfo.hasNextPage]).toEqual([3, true, false]);
    expect(parked.edges[0]?.node).toMatchObject({
      consumer: 'nobody',
      topic,
      letters: 1,
      errorClass: 'PoisonEventError',
      error: 'why',
      redriveRequestedAt: null,
    });

    const one = await world.ask(staff, redrive, { topic, key: 'key 2', reason: ' it is mended ' });
    const all = await world.ask(staff, redrive, { topic, reason: 'all of them' });
    expect(one).toEqual({ data: { done: { parked: [{ consumer: 'nobody', topic, key: 'key 2' }], userErrors: [] } }, codes: [] });
    expect((all.data?.['done'] as { parked: unknown[] }).parked).toHaveLength(3);
    const after = await seen(world);
    expect(after.parked.edges.every(({ node }) => node['redriveRequestedAt'] !== null)).toBe(true);
    expect(after.interventions.edges.map(({ node }) => [node['action'], node['subject'], node['reason']])).toEqual([
      ['redrive', topic, 'all of them'],
      ['redrive', `${topic} key 2`, 'it is mended'],
    ]);
  });

  test('a redrive without a reason, of another topic, or of nothing, changes nothing', async () => {
    await using world = await open();
    await park(world, 1);
    const refused = async (wish: Record<string, unknown>) => {
      const { data } = await world.ask(staff, redrive, { topic, reason: 'x', ...wish });
      return (data?.['done'] as { userErrors: readonly { code: string; field: readonly string[] }[] }).userErrors;
    };
    expect(await refused({ reason: ' ' })).toEqual([{ code: 'INVALID', field: ['reason'] }]);
    expect(await refused({ topic: 'constructor' })).toEqual([{ code: 'INVALID', field: ['topic'] }]);
    expect(await refused({ key: 'another' })).toEqual([{ code: 'NOT_FOUND', field: ['topic'] }]);
    expect(await refused({ key: '\0' })).toEqual([{ code: 'NOT_FOUND', field: ['topic'] }]);
    expect((await seen(world)).interventions.totalCount).toBe(0);
  });

  test('foreign cursors and sizes of pages are refused', async () => {
    await using world = await open();
    for (const variables of [{ first: 0 }, { first: 101 }, { after: 'x' }])
      expect((await world.ask(staff, view, variables)).codes).toContain('BAD_USER_INPUT');
  });

  test('who lacks the scope sees and does nothing', async () => {
    await using world = await open();
    await park(world, 1);
    expect(await world.ask([], view, {})).toEqual({ data: { trouble: null }, codes: ['FORBIDDEN'] });
    expect(await world.ask(null, view, {})).toEqual({ data: { trouble: null }, codes: ['UNAUTHENTICATED'] });
    const wish = { topic, reason: newId('evt') };
    for (const scopes of [['operations:read'], []])
      expect(await world.ask(scopes, redrive, wish)).toEqual({ data: { done: null }, codes: ['FORBIDDEN'] });
    expect(await world.ask(null, redrive, wish)).toEqual({ data: { done: null }, codes: ['UNAUTHENTICATED'] });
    expect(await world.sql.number('SELECT count(*) FROM parked_key WHERE redrive_requested_at IS NOT NULL')).toBe(0);
  });
}
