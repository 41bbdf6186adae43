import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { Logger } from '@tally/runtime';
import { createDocumentStore } from './document-store.ts';
import type { ApolloContext } from './gateway-interface.ts';
import { createMask } from './masking.ts';
import { sandboxPage } from './sandbox-page.ts';

/**
 * Apollo Server as the HTTP face of the graph: it parses, validates, negotiates and formats; the gateway interface does the rest. Nothing reports to
 * anybody, and introspection is decided per caller (`answer.ts`), so its own switch stays on.
 */
export async function startApollo(options: {
  readonly gateway: GatewayInterface;
  readonly production: boolean;
  readonly maxTokens: number;
  readonly explorerPath: string | null;
  readonly logger: Logger;
}): Promise<ApolloServer<ApolloContext>> {
  const { gateway, production, maxTokens, explorerPath, logger } = options;
  const plugins: ApolloServerPlugin<ApolloContext>[] = [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    production ? ApolloServerPluginLandingPageDisabled() : sandboxPage(explorerPath),
  ];
  const server = new ApolloServer<ApolloContext>({
    gateway,
    plugins,
    logger,
    nodeEnv: production ? 'production' : 'development',
    introspection: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    maxRecursiveSelections: true,
    parseOptions: { maxLexicalTokens: maxTokens },
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    documentStore: createDocumentStore(),
    formatError: createMask(logger),
  });
  await server.start();
  return server;
}
