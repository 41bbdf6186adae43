import { schemaConfig } from '../../../prisma/schema-config.ts';

export default schemaConfig('event_log', 'EVENT_LOG_OWNER_DATABASE_URL');
