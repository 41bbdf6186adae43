import { unreachable, type Id } from '@tally/kernel';

/** Who asks. A bad token is never an anonymous caller: verification throws instead. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly userId: Id<'usr'>; readonly sessionId: Id<'ses'>; readonly scopes: readonly string[] }
  | { readonly kind: 'service'; readonly serviceId: Id<'svc'>; readonly scopes: readonly string[] };

/** Who a caller is, whatever the kind; `null` for nobody in particular. */
export function subjectOf(caller: Caller): Id<'usr' | 'svc'> | null {
  switch (caller.kind) {
    case 'anonymous':
      return null;
    case 'user':
      return caller.userId;
    case 'service':
      return caller.serviceId;
    default:
      return unreachable(caller);
  }
}

/** `access`: Users to the outside. `gateway`: the gateway to one subgraph. */
export type TokenKind = 'access' | 'gateway';

/** What sets one kind of token apart. Ages in seconds. */
export interface TokenRules {
  /** `typ` of the protected header (RFC 9068 for access tokens). */
  readonly typ: string;
  readonly maxAgeSeconds: number;
}

/** The two kinds; one is never accepted for the other (docs/security.md, tokens). */
export const tokenRules: Readonly<Record<TokenKind, TokenRules>> = {
  access: { typ: 'at+jwt', maxAgeSeconds: 15 * 60 },
  gateway: { typ: 'gw+jwt', maxAgeSeconds: 60 },
};

/** Issuer of access tokens. */
export const accessIssuer = 'tally-users';
/** Audience of access tokens. */
export const accessAudience = 'tally';
/** Issuer of gateway tokens; their audience is the name of one subgraph. */
export const gatewayIssuer = 'tally-gateway';
