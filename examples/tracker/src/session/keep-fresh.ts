import { renewalMarginMs, type Session } from './session.ts';

/** Not more often than this, however wrong the clock of this machine is. */
const shortestMs = 20_000;

/** Renews the token of a page that only listens: nothing it sends would notice that the token is about to end. */
export function keepFresh(session: Session): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = (): void => {
    clearTimeout(timer);
    const signedIn = session.current();
    if (signedIn === null) return;
    const dueInMs = signedIn.expiresAt - Date.now() - renewalMarginMs / 2;
    timer = setTimeout(
      () => {
        session.token().then(plan, plan);
      },
      Math.max(shortestMs, dueInMs),
    );
  };
  session.subscribe(plan);
  plan();
}
