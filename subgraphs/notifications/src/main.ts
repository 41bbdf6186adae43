import { runApp } from '@tally/runtime';
import { startNotifications } from './app.ts';
import { readNotificationsConfig } from './config.ts';

await runApp({
  name: 'notifications',
  environment: process.env,
  start: (logger) => startNotifications(readNotificationsConfig(process.env), { logger }),
});
