import { schemaConfig } from '../schema-config.ts';

export default schemaConfig('products', 'PRODUCTS_OWNER_DATABASE_URL');
