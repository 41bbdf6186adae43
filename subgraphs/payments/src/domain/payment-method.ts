import { ok, refuse, type Id, type Outcome } from '@tally/kernel';

/** A provider's token that a buyer keeps; never a card number. */
export interface PaymentMethod {
  readonly id: Id<'pm'>;
  readonly userId: Id<'usr'>;
  readonly provider: string;
  readonly token: string;
  readonly kind: 'SIMULATOR';
  readonly brand: string | null;
  readonly last4: string | null;
  readonly isDefault: boolean;
}

/** How many methods one buyer may keep. */
export const maxPaymentMethods = 50;

/** Why an input cannot be a payment method, and which field is at fault. */
export interface MethodProblem {
  readonly field: 'provider' | 'token';
  readonly message: string;
}

/**
 * Checks what somebody wants to keep as a payment method.
 *
 * @returns the two texts unchanged, or the first problem. The message never repeats the input: it might be a card number.
 */
export function parseMethod(
  provider: string,
  token: string,
): Outcome<{ readonly provider: 'simulator'; readonly token: string }, MethodProblem> {
  for (const [field, text] of Object.entries({ provider, token })) {
    if (holdsCardNumber(text))
      return refuse({ field: field as MethodProblem['field'], message: 'Card numbers are never taken: send the token of a provider.' });
  }
  if (provider !== 'simulator') return refuse({ field: 'provider', message: 'The provider must be simulator.' });
  if (!/^tok_[a-z0-9_]{1,60}$/.test(token))
    return refuse({ field: 'token', message: 'The token must be tok_ and 1 to 60 lower-case letters, digits or underscores.' });
  return ok({ provider, token });
}

/** Whether any 13 to 19 digits in a row, spaces, dots, dashes and underscores between them left out, could be a card number (ISO/IEC 7812-1, Luhn). */
export function holdsCardNumber(text: string): boolean {
  for (const [run] of text.normalize('NFKC').matchAll(/\d(?:[ ._-]*\d){12,}/g)) {
    const digits = run.replaceAll(/\D/g, '');
    for (let from = 0; from + 13 <= digits.length; from++) {
      for (let length = 13; length <= 19 && from + length <= digits.length; length++) {
        if (passesLuhn(digits.slice(from, from + length))) return true;
      }
    }
  }
  return false;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = digit * 2;
    sum += place % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
