/** Somebody who signed in. */
export interface SignedIn {
  readonly userId: string;
  readonly displayName: string;
  readonly role: string;
  readonly accessToken: string;
  /** Good for one use. */
  readonly refreshToken: string;
  /** Of the access token, milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Where the tabs of a browser keep who signed in. */
export interface KeptSession {
  read(): SignedIn | null;
  write(signedIn: SignedIn | null): void;
  /** Runs one piece of work at a time over all tabs: a refresh token that is used twice ends its session. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Called when another tab wrote. */
  onChange(listener: () => void): void;
}

const key = 'tally.session';

/** In localStorage: all tabs are one session. */
export function createKeptSession(): KeptSession {
  return {
    read: () => parse(localStorage.getItem(key)),
    write(signedIn) {
      if (signedIn === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(signedIn));
    },
    // Absent on pages that are neither https nor localhost.
    alone: (work) => ('locks' in navigator ? navigator.locks.request(key, work) : work()),
    onChange(listener) {
      window.addEventListener('storage', (event) => {
        if (event.key === key || event.key === null) listener();
      });
    },
  };
}

/** In this page only, until it is left. */
export function createPassingSession(): KeptSession {
  let kept: SignedIn | null = null;
  return {
    read: () => kept,
    write(signedIn) {
      kept = signedIn;
    },
    alone: (work) => work(),
    onChange: () => undefined,
  };
}

function parse(text: string | null): SignedIn | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<SignedIn>;
    const whole = typeof value.accessToken === 'string' && typeof value.refreshToken === 'string' && typeof value.userId === 'string';
    return whole ? (value as SignedIn) : null;
  } catch {
    return null;
  }
}
