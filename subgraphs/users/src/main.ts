import { runApp } from '@tally/runtime';
import { startUsers } from './app.ts';
import { readUsersConfig } from './config.ts';

await runApp({ name: 'users', environment: process.env, start: (logger) => startUsers(readUsersConfig(process.env), { logger }) });
