export { startPayments, type PaymentsOverrides, type RunningPayments } from './app.ts';
export { readPaymentsConfig, standardWork, type PaymentsConfig, type WorkConfig } from './config.ts';
