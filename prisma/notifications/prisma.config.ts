import { schemaConfig } from '../schema-config.ts';

export default schemaConfig('notifications', 'NOTIFICATIONS_OWNER_DATABASE_URL');
