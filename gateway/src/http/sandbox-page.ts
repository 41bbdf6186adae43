import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { ApolloContext } from './gateway-interface.ts';

/**
 * Apollo Sandbox for a browser that asks for `/graphql`, in development. It loads from its vendor's CDN, so a link leads on to the explorer that needs
 * no internet.
 */
export function sandboxPage(explorerPath: string | null): ApolloServerPlugin<ApolloContext> {
  const stock: ApolloServerPlugin<ApolloContext> = ApolloServerPluginLandingPageLocalDefault({ footer: false });
  if (explorerPath === null) return stock;
  return {
    async serverWillStart(server) {
      const listener = await stock.serverWillStart?.(server);
      const page = await listener?.renderLandingPage?.();
      if (page === undefined) return;
      const render = async (): Promise<string> => withLink(typeof page.html === 'string' ? page.html : await page.html(), explorerPath);
      return { renderLandingPage: () => Promise.resolve({ html: render }) };
    },
  };
}

function withLink(html: string, explorerPath: string): string {
  // The page allows only styles that carry its nonce.
  const nonce = /<style nonce=["']?([\w-]+)/.exec(html)?.[1] ?? '';
  const style = `<style nonce="${nonce}">.offline-explorer{position:fixed;right:12px;bottom:12px;z-index:9;padding:8px 14px;border-radius:8px;background:#15252d;color:#fff;font:14px system-ui,sans-serif;text-decoration:none}</style>`;
  return html.replace(
    '</body>',
    `${style}<a class="offline-explorer" href="${explorerPath}">No internet? Open the offline explorer</a></body>`,
  );
}
