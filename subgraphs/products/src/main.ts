import { runApp } from '@tally/runtime';
import { startProducts } from './app.ts';
import { readProductsConfig } from './config.ts';

await runApp({ name: 'products', environment: process.env, start: (logger) => startProducts(readProductsConfig(process.env), { logger }) });
