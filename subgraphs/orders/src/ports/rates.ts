import type { Rates } from '../domain/pricing.ts';

/** Rates of tax and shipping; reference rows that change by migration. At most a minute old. */
export type ReadRates = () => Promise<Rates>;
