import { runApp } from '@tally/runtime';
import { startPayments } from './app.ts';
import { readPaymentsConfig } from './config.ts';

await runApp({ name: 'payments', environment: process.env, start: (logger) => startPayments(readPaymentsConfig(process.env), { logger }) });
