// npm run schema:check [-- --against <git ref or file>] [--operations <folder, document or manifest.json>]… [--strict] [--format table|json|github]
// Says what the schema of the working tree changes for clients. Ends with 0: nobody is broken; 1: somebody is; 2: there is no telling.
import { schemaCheck } from './schema-check/command.ts';

const { code, printed, complaints } = await schemaCheck(process.argv.slice(2), {
  folder: process.cwd(),
  env: process.env,
  colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  now: new Date(),
});
for (const line of printed) console.log(line);
for (const line of complaints) console.error(line);
process.exitCode = code;
