import { createRoot } from 'react-dom/client';
import { App } from './frame/app.tsx';
import { openShopfront, ShopfrontProvider } from './frame/shopfront.tsx';
import { createPost } from './graph/post.ts';
import { applyTheme, keptTheme } from './look/theme.ts';
import { keepFresh } from './session/keep-fresh.ts';
import { createKeptSession } from './session/kept-session.ts';
import { createSession } from './session/session.ts';

applyTheme(keptTheme());

const graphUrl = new URL('/graphql', location.href).href;
const post = createPost(graphUrl);
const session = createSession({ post, kept: createKeptSession(), now: () => Date.now() });
const page = document.getElementById('page');
if (page === null) throw new TypeError('index.html has no #page');
const root = createRoot(page);

let shopfront = openShopfront({ graphUrl, post, session });
let userId = session.current()?.userId ?? null;

function show(): void {
  root.render(
    <ShopfrontProvider shopfront={shopfront}>
      <App />
    </ShopfrontProvider>,
  );
}

session.subscribe(() => {
  const signedIn = session.current();
  if (signedIn !== null && signedIn.userId === userId) {
    shopfront.connection.present(signedIn.accessToken);
    return;
  }
  userId = signedIn?.userId ?? null;
  shopfront.connection.close();
  shopfront = openShopfront({ graphUrl, post, session });
  show();
});
window.addEventListener('online', () => {
  if (shopfront.connection.state().kind === 'lost') shopfront.connection.restore();
});
keepFresh(session);
show();
