import type { Post } from '../graph/post.ts';
import type { KeptSession, SignedIn } from './kept-session.ts';

/** Why nobody is signed in. */
export interface SignInRefusal {
  readonly message: string;
  /** When to try again, in milliseconds; `null`: any time. */
  readonly retryAfterMs: number | null;
}

/** Who is signed in, and tokens that hold. */
export interface Session {
  current(): SignedIn | null;
  /** The last one was ended by the shop, not by its owner. */
  wasEnded(): boolean;
  /** Somebody else, nobody, or the same person with a new token. */
  subscribe(listener: () => void): () => void;
  /** `null`: signed in. @throws {UnansweredError | RefusedError} */
  signIn(email: string, password: string): Promise<SignInRefusal | null>;
  signOut(): Promise<void>;
  /** A token that holds a while longer; `null` when nobody is signed in. Renews it when it is about to end. */
  token(): Promise<string | null>;
  /** A token in place of one that was refused. */
  tokenInsteadOf(refused: string): Promise<string | null>;
}

/** Renewed when less of it is left, in milliseconds. */
export const renewalMarginMs = 60_000;

const payload = `accessToken refreshToken expiresAt user { id displayName role } userErrors { code message ... on RateLimitedError { retryAfterMs } }`;
const documents = {
  login: `mutation Login($input: LoginInput!) { signedIn: login(input: $input) { ${payload} } }`,
  refresh: `mutation SessionRefresh($refreshToken: String!) { signedIn: sessionRefresh(refreshToken: $refreshToken) { ${payload} } }`,
  logout: `mutation Logout { logout }`,
};

interface AuthAnswer {
  readonly signedIn: {
    readonly accessToken: string | null;
    readonly refreshToken: string | null;
    readonly expiresAt: string | null;
    readonly user: { readonly id: string; readonly displayName: string | null; readonly role: string } | null;
    readonly userErrors: readonly { readonly code: string; readonly message: string; readonly retryAfterMs?: number }[];
  } | null;
}

export function createSession(options: {
  readonly post: Post;
  readonly kept: KeptSession;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}): Session {
  const { post, kept, now } = options;
  const listeners = new Set<() => void>();
  let current = kept.read();
  let ended = false;
  let renewing: Promise<string | null> | null = null;

  kept.onChange(() => {
    become(kept.read());
  });

  function become(signedIn: SignedIn | null): void {
    current = signedIn;
    for (const listener of [...listeners]) listener();
  }

  function keep(signedIn: SignedIn | null): void {
    kept.write(signedIn);
    become(signedIn);
  }

  async function renew(stale: string): Promise<string | null> {
    return kept.alone(async () => {
      // Another tab may have renewed it while this one waited.
      const latest = kept.read();
      if (latest === null || latest.accessToken !== stale) {
        become(latest);
        return latest?.accessToken ?? null;
      }
      const { signedIn } = await post<AuthAnswer>(documents.refresh, { refreshToken: latest.refreshToken });
      const renewed = signedInOf(signedIn, latest);
      ended = renewed === null;
      keep(renewed);
      return current?.accessToken ?? null;
    });
  }

  const renewOnce = (stale: string): Promise<string | null> =>
    (renewing ??= renew(stale).finally(() => {
      renewing = null;
    }));

  return {
    current: () => current,
    wasEnded: () => ended,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async signIn(email, password) {
      const { signedIn } = await post<AuthAnswer>(documents.login, { input: { email, password } });
      const somebody = signedInOf(signedIn, null);
      if (somebody !== null) {
        ended = false;
        keep(somebody);
        return null;
      }
      const [refusal] = signedIn?.userErrors ?? [];
      return { message: refusal?.message ?? 'Signing in did not work.', retryAfterMs: refusal?.retryAfterMs ?? null };
    },
    async signOut() {
      const leaving = current;
      ended = false;
      keep(null);
      if (leaving !== null) await post(documents.logout, {}, leaving.accessToken).catch(() => undefined); // the token ends by itself
    },
    async token() {
      if (current === null) return null;
      return current.expiresAt - now() > renewalMarginMs ? current.accessToken : renewOnce(current.accessToken);
    },
    tokenInsteadOf: (refused) =>
      current !== null && current.accessToken === refused ? renewOnce(refused) : Promise.resolve(current?.accessToken ?? null),
  };
}

function signedInOf(answer: AuthAnswer['signedIn'], before: SignedIn | null): SignedIn | null {
  if (answer?.accessToken == null || answer.refreshToken === null || answer.expiresAt === null) return null;
  const user = answer.user ?? (before === null ? null : { id: before.userId, displayName: before.displayName, role: before.role });
  if (user === null) return null;
  return {
    userId: user.id,
    displayName: user.displayName ?? 'Somebody',
    role: user.role,
    accessToken: answer.accessToken,
    refreshToken: answer.refreshToken,
    expiresAt: Date.parse(answer.expiresAt),
  };
}
