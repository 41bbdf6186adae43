import { schemaConfig } from '../schema-config.ts';

export default schemaConfig('users', 'USERS_OWNER_DATABASE_URL');
