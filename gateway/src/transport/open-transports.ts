import { StartupError } from '@tally/runtime';
import { openHttpPools } from './http.ts';
import { localTransport, type LocalSubgraph } from './local.ts';
import type { Transport } from './transport.ts';

export interface Transports extends AsyncDisposable {
  readonly bySubgraph: ReadonlyMap<string, Transport>;
}

/**
 * One transport per subgraph: in this process where one was handed in, else over HTTP to the configured address or the supergraph's.
 *
 * @throws {StartupError} a subgraph has no address.
 */
export function openTransports(
  subgraphs: readonly { readonly name: string; readonly url: string }[],
  given: { readonly subgraphs?: Readonly<Record<string, LocalSubgraph>>; readonly subgraphUrls?: Readonly<Record<string, string>> },
): Transports {
  const pools = openHttpPools();
  const bySubgraph = new Map<string, Transport>();
  for (const { name, url } of subgraphs) {
    const local = given.subgraphs?.[name];
    bySubgraph.set(
      name,
      local === undefined ? pools.transportTo(addressOf(name, given.subgraphUrls?.[envName(name)] ?? url)) : localTransport(local),
    );
  }
  return { bySubgraph, [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose]() };
}

/** As a subgraph is spelled in the names of environment variables, lower-case. */
const envName = (name: string): string => name.toLowerCase().replaceAll('_', '-');

function addressOf(name: string, url: string): string {
  if (URL.canParse(url)) return url;
  throw new StartupError(`subgraph ${name} has no address: set SUBGRAPH_URL_${name.toUpperCase().replaceAll('-', '_')}`);
}
