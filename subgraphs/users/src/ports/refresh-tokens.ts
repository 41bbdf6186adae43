/** SHA-256 of a secret text, 32 bytes: what tables keep instead of it. */
export type TokenHash = Uint8Array;

/** Makes and recognises refresh tokens. */
export interface RefreshTokens {
  /** 256 random bits as text, and their hash. */
  make(): { readonly token: string; readonly hash: TokenHash };
  hashOf(text: string): TokenHash;
}
