// npm run secrets -- <folder> [--postgres <host:port>] [--redis <host:port>]
// Makes what docker-compose.yml and k8s/overlays/local mount: passwords, the URLs that hold them, and keys. Nothing that exists is replaced.
import { parseArgs } from 'node:util';
import { writeSecretsFolder } from './database/secrets-folder.ts';
import { runCommand } from './run-command.ts';

const given = readArguments(process.argv.slice(2));
if (given === null) {
  process.stderr.write('usage: npm run secrets -- <folder> [--postgres <host:port>] [--redis <host:port>]\n');
  process.exitCode = 2;
} else {
  const { folder, ...addresses } = given;
  await runCommand('secrets', async (print) => {
    const files = await writeSecretsFolder(folder, addresses);
    for (const { name, made } of files) print(`${made ? 'made' : 'kept'}  ${folder}/${name}`);
    if (files.every(({ made }) => !made)) print('nothing was missing');
  });
}

function readArguments(args: string[]): { readonly folder: string; readonly postgres: string; readonly redis: string } | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { postgres: { type: 'string', default: 'postgres:5432' }, redis: { type: 'string', default: 'redis:6379' } },
    });
    const [folder, ...others] = positionals;
    const addresses = [values.postgres, values.redis];
    if (folder === undefined || others.length > 0 || !addresses.every((address) => /^[\w.-]+:\d{1,5}$/.test(address))) return null;
    return { folder, ...values };
  } catch {
    return null; // an option that does not exist
  }
}
