export { paymentsTables } from './tables.ts';
export { simulatePayments, type SimulatedPayments, type SimulatedPaymentsOptions } from './simulate-payments.ts';
