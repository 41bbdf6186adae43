import type { Environment } from '@tally/runtime';

/**
 * The environment of a process of ours: these variables, and of our own environment only what says where programs, home and trusted certificates are. What
 * somebody has set in their shell thus never decides how a process behaves.
 *
 * @param ours the environment of this process.
 */
export function childEnvironment(ours: Environment, own: Readonly<Record<string, string>>): Environment {
  const { PATH, HOME, NODE_EXTRA_CA_CERTS } = ours;
  return { PATH, HOME, NODE_EXTRA_CA_CERTS, APOLLO_TELEMETRY_DISABLED: 'true', CHECKPOINT_DISABLE: '1', ...own };
}

/** Flags that Node gets for every process of ours. kafkajs computes a negative timeout now and then, of which nobody can do anything. */
export const nodeFlags: readonly string[] = ['--disable-warning=TimeoutNegativeWarning'];
