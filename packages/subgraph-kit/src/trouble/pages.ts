import type { Intervention, ParkedPlace, ParkedStream } from '@tally/messaging';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { badInput } from '../errors.ts';
import type { Viewer } from '../viewer.ts';
import type { RedriveRefusal, RedriveWish, TroubleDesk } from './desk.ts';

/** Arguments of a page. */
export interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

interface Connection<Node> {
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}

/** @throws BAD_USER_INPUT, as a GraphQL error: `first` is not 1 to 100. */
export function checkFirst(first: number): number {
  if (first < 1 || first > 100) throw badInput('`first` is 1 to 100.', 'first');
  return first;
}

/** A page as the graph has it, of nodes and the cursor of each. */
export function toConnection<Node>(
  nodes: readonly Node[],
  cursorOf: (node: Node) => string,
  page: { readonly hasNext: boolean; readonly continued: boolean; readonly total: number },
): Connection<Node> {
  const edges = nodes.map((node) => ({ node, cursor: cursorOf(node) }));
  const { hasNext: hasNextPage, continued: hasPreviousPage, total: totalCount } = page;
  const pageInfo = { hasNextPage, hasPreviousPage, startCursor: edges.at(0)?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null };
  return { edges, pageInfo, totalCount };
}

/** Resolves `Trouble.<subgraph>Parked`. @throws as `TroubleDesk.parked`; BAD_USER_INPUT for arguments. */
export async function parkedConnection(
  desk: TroubleDesk,
  viewer: Viewer,
  { first, after }: PageArguments,
): Promise<Connection<ParkedStream>> {
  const place = after == null ? null : parsePlace(after);
  const page = await desk.parked(viewer, place, checkFirst(first));
  const cursorOf = ({ since, consumer, topic, key }: ParkedStream) => encodeCursor([since.getTime(), consumer ?? '', topic, key, 'parked']);
  return toConnection(page.streams, cursorOf, { ...page, continued: place !== null });
}

/** Resolves `Trouble.<subgraph>Interventions`. @throws as `TroubleDesk.interventions`; BAD_USER_INPUT for arguments. */
export async function interventionConnection(desk: TroubleDesk, viewer: Viewer, { first, after }: PageArguments) {
  const before = after == null ? null : parseBefore(after);
  const page = await desk.interventions(viewer, before, checkFirst(first));
  const nodes = page.interventions.map((one) => ({ ...one, details: JSON.stringify(one.details) }));
  const cursorOf = ({ id }: Pick<Intervention, 'id'>) => encodeCursor([id, 'interventions']);
  return toConnection(nodes, cursorOf, { ...page, continued: before !== null });
}

/** Resolves `Mutation.<subgraph>Redrive`. @throws as `TroubleDesk.redrive`. */
export async function redrivePayload(
  desk: TroubleDesk,
  viewer: Viewer,
  wish: Omit<RedriveWish, 'key'> & { readonly key?: string | null | undefined },
) {
  const outcome = await desk.redrive(viewer, { ...wish, key: wish.key ?? null });
  return outcome.ok
    ? { parked: outcome.value.map((asked) => ({ ...asked, topic: wish.topic })), userErrors: [] }
    : { parked: [], userErrors: [refusals[outcome.refusal]] };
}

const basic = <Code extends string>(code: Code, message: string, field: readonly string[]) => ({
  __typename: 'BasicError' as const,
  code,
  message,
  field: [...field],
});

/** Says that the reason is no reason. */
export const noReason = () => basic('INVALID' as const, '1 to 500 characters on one line.', ['reason']);

const refusals = {
  NO_REASON: noReason(),
  NO_SUCH_TOPIC: basic('INVALID' as const, 'There is no such topic.', ['topic']),
  NOTHING_PARKED: basic('NOT_FOUND' as const, 'Nothing of this is parked here.', ['topic']),
} satisfies Record<RedriveRefusal, unknown>;

// PostgreSQL and the wire end elsewhere; nothing was parked before or after.
const lastMoment = Date.UTC(9999, 11, 31);

function parsePlace(text: string): ParkedPlace {
  const [since, consumer, topic, key, of] = decodeCursor(text) ?? [];
  const texts = [consumer, topic, key].every((part) => typeof part === 'string');
  if (!Number.isInteger(since) || Number(since) < 0 || Number(since) > lastMoment || !texts || of !== 'parked') throw foreign();
  return { since: new Date(Number(since)), consumer: String(consumer), topic: String(topic), key: String(key) };
}

function parseBefore(text: string): string {
  const [id, of] = decodeCursor(text) ?? [];
  if (typeof id !== 'string' || !/^[1-9]\d{0,17}$/.test(id) || of !== 'interventions') throw foreign();
  return id;
}

const foreign = () => badInput('Not a cursor of this list.', 'after');
