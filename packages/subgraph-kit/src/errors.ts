import type { WireCode } from '@tally/runtime';
import { GraphQLError } from 'graphql';

const coded = (code: WireCode, message: string, extensions: Readonly<Record<string, unknown>> = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...extensions } });

/** An argument of a query that cannot be read: malformed id, foreign cursor, page too large. */
export const badInput = (message: string, argument?: string): GraphQLError =>
  coded('BAD_USER_INPUT', message, argument === undefined ? {} : { argument });

/** Not there, or not the caller's: the two look alike. */
export const notFound = (message = 'Not found.'): GraphQLError => coded('NOT_FOUND', message);

/** Nobody is signed in. */
export const unauthenticated = (message = 'Sign in first.'): GraphQLError => coded('UNAUTHENTICATED', message);

/** Somebody is signed in who may not ask this. */
export const forbidden = (message = 'Not allowed.'): GraphQLError => coded('FORBIDDEN', message);

/** A replay was asked for events after one that has not happened. */
export const sequenceAhead = (message = 'Nothing with this sequence has happened yet.'): GraphQLError => coded('SEQUENCE_AHEAD', message);
