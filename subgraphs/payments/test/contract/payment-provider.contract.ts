import { money, newId, newShardedId, type Id } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { keyOf } from '../../src/domain/operation.ts';
import type { PaymentProvider } from '../../src/ports/payment-provider.ts';

/** Ways in which an exchange with a provider can go wrong. */
export type Trouble = 'times out before it is done' | 'times out after it is done' | 'fails with 5xx' | 'is unreadable' | 'is reset';

/** A buyer's method by what the provider makes of it. */
export type Method = 'approved' | 'declined' | 'up to the buyer' | 'captured at once' | 'not captured' | 'not refunded';

/** A provider with a ledger that somebody else keeps. */
export interface ProviderWorld extends AsyncDisposable {
  readonly provider: PaymentProvider;
  tokenOf(method: Method): string;
  /** The next such exchange goes wrong. */
  next(operation: 'authorise' | 'capture' | 'void' | 'refund' | 'enquire', trouble: Trouble): Promise<void>;
  /** What the provider itself says it did for this order, oldest first. */
  done(orderId: Id<'ord'>): Promise<readonly string[]>;
  /** The buyer approves. */
  approve(ref: string): Promise<void>;
  /** An adapter of the same kind whose provider does not listen. */
  readonly away: PaymentProvider;
}

const amount = money(1_000, 'EUR');

/** The sentences that every adapter of a payment provider must pass. */
export function paymentProviderContract(name: string, open: () => Promise<ProviderWorld>): void {
  describe(name, () => {
    const authorise = async ({ provider, tokenOf }: ProviderWorld, method: Method = 'approved', orderId = newShardedId('ord', 0)) => {
      const answer = await provider.authorise({ key: keyOf(orderId, 'AUTHORISE'), orderId, amount, token: tokenOf(method) });
      return { orderId, answer, ref: answer.kind === 'ANSWERED' ? answer.snapshot.ref : '' };
    };

    test('an approved authorisation holds exactly what was asked for', async () => {
      await using world = await open();
      const { orderId, answer } = await authorise(world);
      expect(answer).toMatchObject({
        kind: 'ANSWERED',
        snapshot: { orderId, amount: 1_000, currency: 'EUR', status: 'AUTHORISED', captured: 0 },
      });
      expect(await world.done(orderId)).toEqual(['authorise']);
    });

    test.each<[Method, string]>([
      ['declined', 'DECLINED'],
      ['captured at once', 'CAPTURED'],
      ['up to the buyer', 'REQUIRES_ACTION'],
    ])('a method that is %s is answered as it is', async (method, status) => {
      await using world = await open();
      expect((await authorise(world, method)).answer).toMatchObject({ kind: 'ANSWERED', snapshot: { status } });
    });

    test('a decline says why', async () => {
      await using world = await open();
      expect((await authorise(world, 'declined')).answer).toMatchObject({ snapshot: { declineCode: expect.any(String) as string } });
    });

    test('a method the provider does not know is refused', async () => {
      await using world = await open();
      const orderId = newShardedId('ord', 0);
      expect(
        await world.provider.authorise({ key: keyOf(orderId, 'AUTHORISE'), orderId, amount, token: 'tok_nobody_has_this' }),
      ).toMatchObject({ kind: 'REFUSED' });
      expect(await world.done(orderId)).toEqual([]);
    });

    test('a call made again with its key has its effect once and gets its answer again', async () => {
      await using world = await open();
      const { orderId, answer, ref } = await authorise(world);
      const again = await authorise(world, 'approved', orderId);
      const captures = await Promise.all([1, 2].map(() => world.provider.capture({ key: keyOf(orderId, 'CAPTURE'), ref, amount })));
      expect(again.answer).toEqual(answer);
      expect(captures.map(({ kind }) => kind)).toEqual(['ANSWERED', 'ANSWERED']);
      expect(await world.done(orderId)).toEqual(['authorise', 'capture']);
    });

    test('what is held can be captured and given back, or voided', async () => {
      await using world = await open();
      const kept = await authorise(world);
      const captured = await world.provider.capture({ key: keyOf(kept.orderId, 'CAPTURE'), ref: kept.ref, amount });
      const refunded = await world.provider.refund({
        key: keyOf(kept.orderId, 'REFUND', newId('ref')),
        ref: kept.ref,
        amount: money(400, 'EUR'),
      });
      const dropped = await authorise(world);
      const voided = await world.provider.void({ key: keyOf(dropped.orderId, 'VOID'), ref: dropped.ref });
      expect([captured, refunded, voided]).toMatchObject([
        { kind: 'ANSWERED', snapshot: { status: 'CAPTURED', captured: 1_000 } },
        { kind: 'ANSWERED', snapshot: { status: 'CAPTURED', captured: 1_000 } },
        { kind: 'ANSWERED', snapshot: { status: 'VOIDED' } },
      ]);
    });

    test('a void of what was captured is refused, and says that it was captured', async () => {
      await using world = await open();
      const { orderId, ref } = await authorise(world, 'captured at once');
      expect(await world.provider.void({ key: keyOf(orderId, 'VOID'), ref })).toMatchObject({
        kind: 'REFUSED',
        snapshot: { status: 'CAPTURED' },
      });
    });

    test('refusals of capture and refund are definite', async () => {
      await using world = await open();
      const held = await authorise(world, 'not captured');
      const taken = await authorise(world, 'not refunded');
      await world.provider.capture({ key: keyOf(taken.orderId, 'CAPTURE'), ref: taken.ref, amount });
      expect(await world.provider.capture({ key: keyOf(held.orderId, 'CAPTURE'), ref: held.ref, amount })).toMatchObject({
        kind: 'REFUSED',
        code: expect.any(String) as string,
      });
      expect(await world.provider.refund({ key: keyOf(taken.orderId, 'REFUND', newId('ref')), ref: taken.ref, amount })).toMatchObject({
        kind: 'REFUSED',
      });
    });

    test('an enquiry finds a call by its key, and its authorisation by the order', async () => {
      await using world = await open();
      const { orderId, ref } = await authorise(world);
      const ofAuthorise = await world.provider.enquire({ key: keyOf(orderId, 'AUTHORISE'), orderId });
      const ofCapture = await world.provider.enquire({ key: keyOf(orderId, 'CAPTURE'), orderId });
      expect([ofAuthorise, ofCapture]).toMatchObject([
        { kind: 'FOUND', outcome: 'SUCCEEDED', snapshot: { ref, status: 'AUTHORISED' } },
        { kind: 'FOUND', outcome: 'NONE', snapshot: { ref, status: 'AUTHORISED' } },
      ]);
    });

    test('an enquiry after a refused call says that it was refused', async () => {
      await using world = await open();
      const { orderId, ref } = await authorise(world, 'not captured');
      const key = keyOf(orderId, 'CAPTURE');
      await world.provider.capture({ key, ref, amount });
      expect(await world.provider.enquire({ key, orderId })).toMatchObject({
        kind: 'FOUND',
        outcome: 'REFUSED',
        snapshot: { status: 'AUTHORISED' },
      });
    });

    test('an enquiry after what never was finds nothing', async () => {
      await using world = await open();
      const orderId = newShardedId('ord', 0);
      expect(await world.provider.enquire({ key: keyOf(orderId, 'AUTHORISE'), orderId })).toEqual({ kind: 'NOT_FOUND' });
    });

    test('a buyer’s approval is seen by an enquiry', async () => {
      await using world = await open();
      const { orderId, ref } = await authorise(world, 'up to the buyer');
      await world.approve(ref);
      expect(await world.provider.enquire({ key: keyOf(orderId, 'AUTHORISE'), orderId })).toMatchObject({
        snapshot: { status: 'AUTHORISED' },
      });
    });

    test.each<[Trouble, readonly string[]]>([
      ['times out before it is done', []],
      ['times out after it is done', ['authorise']],
      ['fails with 5xx', []],
      ['is unreadable', ['authorise']],
      ['is reset', []],
    ])('a call that %s is unknown, and the next enquiry tells', async (trouble, done) => {
      await using world = await open();
      await world.next('authorise', trouble);
      const { orderId, answer } = await authorise(world);
      expect(answer.kind).toBe('UNKNOWN');
      await eventually(async () => expect(await world.done(orderId)).toEqual(done));
      expect((await world.provider.enquire({ key: keyOf(orderId, 'AUTHORISE'), orderId })).kind).toBe(
        done.length > 0 ? 'FOUND' : 'NOT_FOUND',
      );
    });

    test.each<[Trouble]>([['times out before it is done'], ['fails with 5xx'], ['is unreadable'], ['is reset']])(
      'an enquiry that %s says nothing',
      async (trouble) => {
        await using world = await open();
        const { orderId } = await authorise(world);
        await world.next('enquire', trouble);
        expect((await world.provider.enquire({ key: keyOf(orderId, 'AUTHORISE'), orderId })).kind).toBe('UNKNOWN');
      },
    );

    test('a provider that does not listen was certainly not sent anything', async () => {
      await using world = await open();
      const orderId = newShardedId('ord', 0);
      expect(
        await world.away.authorise({ key: keyOf(orderId, 'AUTHORISE'), orderId, amount, token: world.tokenOf('approved') }),
      ).toMatchObject({ kind: 'NOT_SENT', circuitOpen: false });
    });
  });
}
