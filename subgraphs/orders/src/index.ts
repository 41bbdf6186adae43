export { startOrders, type RunningOrders } from './app.ts';
export { ordersStandards, readOrdersConfig, type OrdersConfig } from './config.ts';
