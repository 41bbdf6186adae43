import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aLifecycle, type Fate } from '../../test/lifecycle-machine.ts';
import type { Snapshot } from './evidence.ts';
import type { Call } from './operation.ts';
import { transitions } from './payment.ts';

const fates: Fate[] = ['answered', 'not sent', 'lost before', 'lost after', 'late', 'worker dies before', 'worker dies after'];
const commands = fc.constantFrom<Call>('AUTHORISE', 'CAPTURE', 'VOID', 'REFUND', 'REFUND');
const verdicts = fc.constantFrom<Snapshot['status']>('AUTHORISED', 'CAPTURED', 'DECLINED', 'REQUIRES_ACTION');
const steps = fc.array(
  fc.record({ command: fc.option(commands, { freq: 3 }), fate: fc.constantFrom(...fates), seconds: fc.constantFrom(0, 1, 5, 11, 31, 70) }),
  { maxLength: 40 },
);

test('whatever fails and whenever: one charge, one reply per command, and the provider agrees', () => {
  fc.assert(
    fc.property(verdicts, steps, (verdict, schedule) => {
      const world = aLifecycle(verdict);
      const sent = [world.command('AUTHORISE')];
      for (const { command, fate, seconds } of schedule) {
        if (command !== null) sent.push(world.command(command));
        world.step(fate, seconds);
      }
      for (let quiet = 0; quiet < 60 + 4 * sent.length && world.open.length > 0; quiet++) world.step('answered', 61);

      const { payment, provider } = world;
      expect(world.open.map(({ operation }) => operation)).toEqual([]);
      expect(world.illegal).toEqual([]);
      expect(sent.map(world.repliesTo)).toEqual(sent.map(() => 1));
      expect(provider.captures).toBeLessThanOrEqual(1);
      expect([payment.captured, payment.refunded]).toEqual([provider.captured, provider.refunded]);
      const given = world.refunds.reduce((sum, { status, amount }) => (status === 'SUCCEEDED' ? sum + amount.amount : sum), 0);
      expect(given).toBe(provider.refunded);
      if (payment.status === 'AUTHORISED') expect(provider.status).toBe('AUTHORISED');
      if (['VOIDED', 'DECLINED', 'FAILED'].includes(payment.status)) expect([null, 'VOIDED', 'DECLINED']).toContain(provider.status);
    }),
    { numRuns: 2_000 },
  );
});

test('an end has no way out, and everything else has one', () => {
  const ends = Object.entries(transitions).filter(([, to]) => to.length === 0);
  expect(ends.map(([status]) => status).sort()).toEqual(['DECLINED', 'FAILED', 'REFUNDED', 'VOIDED']);
});
