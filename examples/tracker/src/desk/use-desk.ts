import type { ApolloClient } from '@apollo/client';
import { useState, useSyncExternalStore } from 'react';
import { useShopfront } from '../frame/shopfront.tsx';
import { createGraphClient } from '../graph/client.ts';
import { faultOf } from '../graph/faults.ts';
import { demoPassword, demoStaff } from '../session/demo-accounts.ts';
import { createPassingSession } from '../session/kept-session.ts';
import { createSession, type Session } from '../session/session.ts';

/** Who works at the desk, apart from who buys: what staff do reaches the buyer through the shop alone. */
export interface DeskAccess {
  /** `null`: the desk is closed. */
  readonly client: ApolloClient | null;
  readonly busy: boolean;
  readonly fault: string | null;
  open(): Promise<void>;
}

interface Seat {
  readonly session: Session;
  readonly client: ApolloClient;
}

/** One for the page, until it is left: the sign-in of staff is not kept. */
let seat: Seat | null = null;

export function useDesk(): DeskAccess {
  const { graphUrl, post } = useShopfront();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const { session, client } = (seat ??= takeSeat(graphUrl, post));
  const signedIn = useSyncExternalStore(session.subscribe, session.current);

  return {
    client: signedIn === null ? null : client,
    busy,
    fault,
    async open() {
      setBusy(true);
      setFault(null);
      try {
        setFault((await session.signIn(demoStaff.email, demoPassword))?.message ?? null);
      } catch (error) {
        setFault(faultOf(error));
      }
      setBusy(false);
    },
  };
}

function takeSeat(graphUrl: string, post: Parameters<typeof createSession>[0]['post']): Seat {
  const session = createSession({ post, kept: createPassingSession(), now: () => Date.now() });
  return { session, client: createGraphClient({ url: graphUrl, credentials: session, socket: null }) };
}
