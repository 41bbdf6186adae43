export { startGateway, type Gateway, type GatewayOverrides } from './app.ts';
export { readGatewayConfig, standardLinks, type GatewayConfig, type Page, type UsersJwks } from './config.ts';
export type { Execute, Execution, RequestFacts } from './execution/execute.ts';
export type { DemoAccount, HomeLink, Landing } from './http/home-page.ts';
export type { LimitsProfile } from './limits/profile.ts';
export type { Bucket, RateLimits, RateLimitsSource } from './limits/rate-limits.ts';
export type { SupergraphSource } from './supergraph/load.ts';
export type { LocalSubgraph } from './transport/local.ts';
