import { metrics, type Meter, type MeterProvider } from '@opentelemetry/api';

/** Buckets in seconds that hold every threshold of the objectives. */
export const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * An instrument that is made when it is first used, and anew after telemetry was started anew: one that is made while a module loads belongs to no
 * SDK and stays silent for ever.
 */
export function instrument<Instrument>(make: (meter: Meter) => Instrument): () => Instrument {
  let made: { readonly provider: MeterProvider; readonly instrument: Instrument } | undefined;
  return () => {
    const provider = metrics.getMeterProvider();
    if (made?.provider !== provider) made = { provider, instrument: make(provider.getMeter('tally.subgraph')) };
    return made.instrument;
  };
}
