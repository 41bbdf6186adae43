// HEALTHCHECK of every app's image: exit code 0 when the app is ready. An image has no curl.
import { readFileSync } from 'node:fs';

const { port } = JSON.parse(readFileSync(new URL('./image.json', import.meta.url), 'utf8')) as { readonly port: number };
const answer = await fetch(`http://127.0.0.1:${process.env['PORT'] ?? String(port)}/health/ready`, {
  signal: AbortSignal.timeout(4_000),
}).catch(() => null);
process.exitCode = answer?.ok === true ? 0 : 1;
