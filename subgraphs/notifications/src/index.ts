export { startNotifications, type NotificationsOverrides, type RunningNotifications } from './app.ts';
export { notificationsStandards, readNotificationsConfig, type DeliveryConfig, type NotificationsConfig } from './config.ts';
