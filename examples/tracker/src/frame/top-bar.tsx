import { Marks } from '../look/marks.tsx';
import { hrefOf } from './places.ts';
import { useShopfront, useSignedIn } from './shopfront.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

export function TopBar() {
  const { session } = useShopfront();
  const signedIn = useSignedIn();
  return (
    <header className="top-bar">
      <a className="name" href={hrefOf({ kind: 'shop' })}>
        <Marks count={5} className="logo" />
        Tally
      </a>
      <ThemeSwitch />
      {signedIn === null ? (
        <a className="account" href={hrefOf({ kind: 'orders' })}>
          Sign in
        </a>
      ) : (
        <span className="account">
          <span className="who">{signedIn.displayName}</span>
          <button type="button" className="quiet" onClick={() => void session.signOut()}>
            Sign out
          </button>
        </span>
      )}
    </header>
  );
}
