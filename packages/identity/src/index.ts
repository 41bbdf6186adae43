export {
  accessAudience,
  accessIssuer,
  gatewayIssuer,
  subjectOf,
  tokenRules,
  type Caller,
  type TokenKind,
  type TokenRules,
} from './caller.ts';
export type { JWK } from 'jose';
export { localKeys, remoteKeys, staticKeys, type KeySetOptions, type KeySource } from './key-source.ts';
export { createCachedSigner, createSigner, type Signer } from './signer.ts';
export { generateSigningKey, InvalidKeyError, parseSigningKey, type SigningKey } from './signing-key.ts';
export {
  createVerifier,
  InvalidTokenError,
  KeysUnavailableError,
  type TokenFault,
  type VerifiedCaller,
  type Verifier,
} from './verifier.ts';
