import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crashPoints } from '@tally/kernel';
import { describe, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** Which points a step must have, by what it does. */
const edges = {
  /** Asks somebody outside: a death before, after, and behind the record of the answer are three different truths. */
  call: ['before', 'after', 'recorded'],
  /** Takes a lease: who dies holds it. */
  claim: ['after'],
  /** Commits what a client or a record asked for, and answers or moves the position afterwards. */
  commit: ['after'],
  /** Hands rows to the log and marks them. */
  publish: ['append.before', 'append.after', 'mark.after'],
  /** Remembers how far a reader is. */
  position: ['before', 'after'],
} as const;

type Kind = keyof typeof edges;

/** Every kind of step that the system takes, by the prefix of its points. */
const steps: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['checkout.commit', 'commit'],
  ['relay', 'publish'],
  ['log.position', 'position'],
  ['event.park', 'commit'],
  ['event.redrive', 'commit'],
  ['reserve-stock.commit', 'commit'],
  ['commit-stock.commit', 'commit'],
  ['release-stock.commit', 'commit'],
  ['stock.adjust', 'commit'],
  ['saga.advance', 'commit'],
  ['saga.sweep', 'commit'],
  ['order.cancel', 'commit'],
  ['shipment.create', 'commit'],
  ['shipment.update', 'commit'],
  ['payment.command', 'commit'],
  ['payment.claim', 'claim'],
  ['provider.authorise', 'call'],
  ['provider.capture', 'call'],
  ['provider.void', 'call'],
  ['provider.refund', 'call'],
  ['provider.enquire', 'call'],
  ['session.open', 'commit'],
  ['session.refresh', 'commit'],
  ['price.keep', 'commit'],
  ['contact.keep', 'commit'],
  ['notification.commit', 'commit'],
  ['mail.claim', 'claim'],
  ['mail.send', 'call'],
];

/** Transactions without a point, and why: nothing follows their commit but the answer, and asking again does no harm that money, stock or goods would feel. */
const withoutPoint: Readonly<Record<string, string>> = {
  'orders/change-cart': 'a cart is a wish; lines added twice are seen before anything is bought',
  'orders/claim-cart': 'claiming a cart again finds it claimed',
  'payments/add-payment-method': 'the token is the natural key',
  'payments/remove-payment-method': 'removing it again finds nothing',
  'products/follow-stock': 'says nothing to anybody',
  'products/forget-written': 'removes what nobody reads any more, a batch in one statement',
  'products/undone': 'the transaction of others, which have the points',
  'products/set-variant-price': 'the same price again changes nothing',
  'products/create-product': 'staff see what there is, and no order depends on it',
  'products/update-product': 'guarded by the version that its caller has seen',
  'users/keep-addresses': 'an address twice is an address too many, and orders keep their own',
  'users/log-out': 'a session that has ended stays so',
  'notifications/keep-order': 'the inbox row is all that there is',
  'notifications/mark-read': 'what is read stays read',
  'notifications/resend': 'a mail is sent again under the Message-ID that it had',
};

const subgraphs = ['orders', 'products', 'payments', 'users', 'notifications'];

const useCases = subgraphs.flatMap((subgraph) => {
  const folder = join(repository, 'subgraphs', subgraph, 'src/use-cases');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({ name: `${subgraph}/${file.slice(0, -3)}`, text: readFileSync(join(folder, file), 'utf8') }));
});

describe('crash points', () => {
  test.each(steps)('of %s are those of a step that is a %s', (prefix, kind) => {
    expect(edges[kind].map((edge) => `${prefix}.${edge}`).filter((point) => !(crashPoints as readonly string[]).includes(point))).toEqual(
      [],
    );
  });

  test('belong to a step each', () => {
    const prefixes = steps.map(([prefix]) => `${prefix}.`);
    expect(crashPoints.filter((point) => !point.startsWith('job.') && !prefixes.some((prefix) => point.startsWith(prefix)))).toEqual([]);
  });

  test('are in every use case that commits, unless it is said why not', () => {
    const commits = useCases.filter(({ text }) => /\btransact\(/.test(text) && !text.includes('crashPoint('));
    expect(commits.map(({ name }) => name).filter((name) => withoutPoint[name] === undefined)).toEqual([]);
  });

  test('are left out of use cases that exist', () => {
    const names = useCases.map(({ name }) => name);
    expect(Object.keys(withoutPoint).filter((name) => !names.includes(name))).toEqual([]);
  });
});
