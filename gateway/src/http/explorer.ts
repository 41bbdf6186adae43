import { getDistDirectory, isSandboxFrame, renderAltair, SANDBOX_FRAME_CSP } from 'altair-static';
import type { FastifyInstance } from 'fastify';
import { addFolder } from './folder.ts';

export const explorerPath = '/explorer/';

/** Altair from our own files: works without internet, subscriptions included. */
export async function addExplorer(app: FastifyInstance): Promise<void> {
  const page = renderAltair({
    baseURL: explorerPath,
    endpointURL: '/graphql',
    subscriptionsEndpoint: '/graphql',
    initialSubscriptionRequestHandlerId: 'graphql-ws',
    initialQuery: '{ __typename }\n',
    // Offers of its vendor, which need the internet and an account.
    disableAccount: true,
    initialSettings: { 'banners.disable': true },
  });
  await addFolder(app, {
    path: explorerPath.slice(0, -1),
    folder: getDistDirectory(),
    index: (reply) => reply.type('text/html; charset=utf-8').send(page),
    headersOf: (name) => ({
      'cache-control': 'public, max-age=3600',
      ...(isSandboxFrame(name) ? { 'content-security-policy': SANDBOX_FRAME_CSP } : {}),
    }),
  });
}
