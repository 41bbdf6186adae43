import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { freshEmail, freshKey } from '@tally/testkit';
import type { UserError } from '../src/client/answers.ts';
import type { Answer, Graph } from '../src/client/graph.ts';
import { shopperOf, type Shopper } from '../src/client/shopper.ts';

/** Where somebody is signed in: a session of its own. */
export interface Device {
  readonly shopper: Shopper;
  readonly refreshToken: string;
}

/** A pair of tokens, or why there is none. */
export interface TokenPair {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly user?: { readonly id: string } | null;
  readonly userErrors: readonly UserError[];
}

/** Opens an account and signs in on so many devices. Each counts as one sign-in for the rate limits. */
export async function signInOn(devices: number, graph: Graph): Promise<readonly Device[]> {
  const account = { email: freshEmail(), password: freshKey('correct horse') };
  const first = await pairOf(graph, 'Register', { input: { ...account, displayName: 'Ada' } }, 'register');
  const pairs = [first];
  while (pairs.length < devices) pairs.push(await pairOf(graph, 'Login', { input: account }, 'login'));
  return pairs.map(({ accessToken, refreshToken, user }) => {
    assert.ok(accessToken !== null && refreshToken !== null && user != null, 'signing in is refused');
    return { refreshToken, shopper: shopperOf(graph, { ...account, id: user.id, token: accessToken }) };
  });
}

/** Swaps a refresh token. Counts as one sign-in for the rate limits. */
export const refresh = (graph: Graph, refreshToken: string): Promise<TokenPair> =>
  pairOf(graph, 'SessionRefresh', { refreshToken }, 'sessionRefresh');

/** Ends the session of a token, or all of its user's. */
export async function logOut(graph: Graph, token: string, allDevices = false): Promise<void> {
  const { errors } = await post(graph, 'Logout', { allDevices }, token);
  assert.deepEqual(errors, [], 'the logout is refused');
}

async function pairOf(graph: Graph, operation: string, variables: Readonly<Record<string, unknown>>, field: string): Promise<TokenPair> {
  const { data, errors } = await post(graph, operation, variables);
  assert.deepEqual(errors, [], `${operation} is refused`);
  const pair = (data as Readonly<Record<string, TokenPair | undefined>>)[field];
  assert.ok(pair !== undefined, `${operation} answers nothing`);
  return pair;
}

function post(graph: Graph, operation: string, variables: Readonly<Record<string, unknown>>, token?: string): Promise<Answer<unknown>> {
  const query = readFileSync(new URL(`../../../operations/${operation}.graphql`, import.meta.url), 'utf8');
  return graph.post(JSON.stringify({ query, operationName: operation, variables }), { token });
}
