import { metrics } from '@opentelemetry/api';

/** What happens to WebSockets, and to who may not hold one. Made after the SDK has started, since instruments made before it count nowhere. */
export interface SocketTelemetry {
  opened(): void;
  closed(): void;
  /** @param reason bounded: of `turned-away.ts`, or why an open one was dropped. */
  rejected(reason: string): void;
}

export function createSocketTelemetry(): SocketTelemetry {
  const meter = metrics.getMeter('tally.gateway');
  const active = meter.createUpDownCounter('gateway_sockets_active', { description: 'WebSockets that are open' });
  const rejected = meter.createCounter('gateway_sockets_rejected_total', {
    description: 'WebSockets and streaming responses refused or dropped',
  });
  return {
    opened() {
      active.add(1);
    },
    closed() {
      active.add(-1);
    },
    rejected(reason) {
      rejected.add(1, { reason });
    },
  };
}
