import { usualFaults } from '@tally/simulation';

/** Ways in which the provider goes wrong, as the payment simulator spells them, and how likely each is in one exchange. */
export const providerTrouble = {
  'timeout-before': 0.02,
  'timeout-after': 0.02,
  // Done well within the time after which payments takes "not found" for an answer.
  'late:4000': 0.01,
  'late:800': 0.01,
  'delay:3000': 0.01,
  'delay:7000': 0.01,
  'http:500': 0.01,
  'http:502-after': 0.01,
  garbage: 0.01,
  reset: 0.01,
  refuse: 0.02,
  'unknown-for:5000': 0.01,
} as const;

/** What buyers and staff do besides buying, and how likely it is in one purchase. */
export const workloadTrouble = {
  /** The key is sent several times at once. */
  'double click': 0.15,
  /** One of these clicks asks for something else. */
  'other payload': 0.3,
  /** The client does not hear the first answers and asks again. */
  'answer unheard': 0.12,
  /** The order is called off at some moment after its acceptance. */
  'called off': 0.2,
  /** The buyer's method is declined, wants to be approved, or goes wrong at some call. */
  'odd method': 0.4,
  /** The buyer does not approve what waits for it. */
  'not approved': 0.3,
  /** Staff change the stock under the buyers. */
  'stock adjusted': 0.05,
} as const;

/** The name of a fault for a behaviour of the provider. */
export const providerFault = (behaviour: string): string => `provider ${behaviour}`;

/** A history of a hundred orders is short: what is rare elsewhere is to come about in it. */
const oftener = { freeze: 0.000_1, 'clock jump': 0.000_2, 'lock timeout': 0.05, 'request lost': 0.01, rebalance: 0.01 } as const;

/** What befalls machines, database, log and provider, by name, with its probability per opportunity. */
export const faultRates: Readonly<Record<string, number>> = {
  ...usualFaults,
  ...oftener,
  ...Object.fromEntries(Object.entries(providerTrouble).map(([behaviour, rate]) => [providerFault(behaviour), rate])),
};

/** Every kind of trouble, by name. */
export const kinds: readonly string[] = [...Object.keys(faultRates), ...Object.keys(workloadTrouble)];
