import { schemaConfig } from '../schema-config.ts';

export default schemaConfig('payments', 'PAYMENTS_OWNER_DATABASE_URL');
