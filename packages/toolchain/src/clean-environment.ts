import { delimiter } from 'node:path';

/**
 * The environment of a shell that knows nothing of this checkout: without what npm adds for a script, without the
 * binaries of our node_modules on the path, without servers that somebody has started for tests.
 */
export function cleanEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE$|NODE_OPTIONS$|INIT_CWD$|COLOR$|VITEST|KAFKA_|REDIS_)/i.test(name),
  );
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !/node_modules|node-gyp-bin/.test(folder));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), ...added };
}
