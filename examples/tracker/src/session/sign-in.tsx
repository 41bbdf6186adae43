import { useState, type SubmitEvent } from 'react';
import { useShopfront } from '../frame/shopfront.tsx';
import { faultOf } from '../graph/faults.ts';
import { Fault } from '../look/refusals.tsx';
import { demoAccounts, demoPassword } from './demo-accounts.ts';

/** Signs in: one press for a demo account, a form for any other. */
export function SignIn({ why }: { readonly why: string }) {
  const { session } = useShopfront();
  const [busy, setBusy] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  async function signIn(email: string, password: string): Promise<void> {
    setBusy(email);
    setFault(null);
    try {
      const refusal = await session.signIn(email, password);
      if (refusal !== null) setFault(`${refusal.message}${waitOf(refusal.retryAfterMs)}`);
    } catch (error) {
      setFault(faultOf(error));
    }
    setBusy(null);
  }

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void signIn(textOf(form, 'email'), textOf(form, 'password'));
  }

  return (
    <section className="sign-in" aria-label="Sign in">
      <h2>Sign in</h2>
      <p className="soft">{session.wasEnded() ? 'Your session has ended.' : why}</p>
      <ul className="accounts" aria-label="Demo accounts">
        {demoAccounts.map(({ name, role, email }) => (
          <li key={email}>
            <button
              type="button"
              aria-label={`Sign in as ${name}`}
              disabled={busy !== null}
              onClick={() => void signIn(email, demoPassword)}
            >
              <b>{busy === email ? 'One moment …' : `Sign in as ${name}`}</b>
              <span>{role}</span>
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit}>
        <p className="or">or with any account</p>
        <label>
          Email
          <input name="email" type="email" autoComplete="username" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit" className="primary" disabled={busy !== null}>
          Sign in
        </button>
      </form>
      {fault === null ? null : <Fault text={fault} />}
    </section>
  );
}

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

const waitOf = (ms: number | null): string => (ms === null ? '' : ` Try again in ${String(Math.ceil(ms / 1_000))} s.`);
