import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES } from '@apollo/federation-internals';

/**
 * What a supergraph may link *for: SECURITY* or *for: EXECUTION*: the stock list, and what this gateway enforces itself. Anything else keeps
 * refusing to load: a security feature that is accepted and not enforced is a hole.
 */
export const supportedFeatures: ReadonlySet<string> = new Set([
  ...DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
  'https://specs.apollo.dev/authenticated/v0.1',
  'https://specs.apollo.dev/requiresScopes/v0.1',
  'https://specs.apollo.dev/cost/v0.1',
]);
