import { schemaConfig } from '../../../prisma/schema-config.ts';

export default schemaConfig('simulator', 'SIMULATOR_OWNER_DATABASE_URL');
