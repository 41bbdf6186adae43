/** What runs, those that others need first. */
export const appNames = ['payment-simulator', 'users', 'products', 'payments', 'orders', 'notifications', 'gateway'] as const;

export type AppName = (typeof appNames)[number];

/** An app, or the half of orders that works while the other one answers. */
export type ProcessName = AppName | 'orders-worker';
