import type { DependencyState, Readiness } from '@tally/runtime';
import type { KeyWatch } from './identity/key-watch.ts';
import type { SubgraphState } from './transport/subgraph-client.ts';

/**
 * Ready: a generation serves, the keys have been seen once, and nobody has asked us to stop. Subgraphs are listed as they answered last, Redis as it was seen last; they
 * are never asked, and never make the gateway unready: one outage must not take out every replica.
 */
export function gatewayReadiness(parts: {
  readonly draining: () => boolean;
  readonly keys: KeyWatch;
  readonly subgraphs: () => Readonly<Record<string, SubgraphState>>;
  /** Whatever else is used, as far as is known without asking. */
  readonly others: () => Readonly<Record<string, DependencyState>>;
}): () => Readiness {
  const { draining, keys, subgraphs, others } = parts;
  return () => ({
    ready: keys.seen && !draining(),
    dependencies: { gateway: draining() || !keys.seen ? 'degraded' : 'ok', ...others(), ...subgraphs() },
  });
}
