import { schemaConfig } from '../schema-config.ts';

export default schemaConfig('orders', 'ORDERS_OWNER_DATABASE_URL');
