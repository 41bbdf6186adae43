export { accessAudience, accessIssuer, gatewayIssuer, tokenRules, type Caller, type TokenKind, type TokenRules } from './caller.ts';
export type { JWK } from 'jose';
export { generateSigningKey, localKeys, remoteKeys, staticKeys, type KeySource, type SigningKey } from './keys.ts';
export { createCachedSigner, createSigner, type Signer } from './signer.ts';
export { createVerifier, InvalidTokenError, KeysUnavailableError, type TokenFault, type VerifiedCaller, type Verifier } from './verifier.ts';
