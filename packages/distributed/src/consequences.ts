import type { ProcessSpec } from './system.ts';

/**
 * What it means that a process is gone while the others go on, in a few words.
 *
 * @param left the processes that still run.
 */
export function consequenceOf(gone: ProcessSpec, left: readonly ProcessSpec[]): string {
  const { app, roles } = gone;
  const others = left.filter((process) => process.app === app && process.name !== gone.name);
  if (app === 'payment-simulator') return 'payments waits for it and tries on';
  if (app === 'gateway') {
    const [next] = others;
    return next === undefined ? 'clients get no answer' : `its clients must go to ${next.name}`;
  }
  const helpers = others.filter((process) => process.roles.includes('worker'));
  const lost = [
    ...(roles.includes('api') ? [`fields of ${app} are answered with SUBGRAPH_UNAVAILABLE`] : []),
    ...(roles.includes('worker') && helpers.length === 0 ? [`events for and of ${app} wait`] : []),
    ...(roles.includes('worker') && helpers.length > 0
      ? [`${helpers.map(({ name }) => name).join(' and ')} ${helpers.length === 1 ? 'takes' : 'take'} over its work`]
      : []),
  ];
  return lost.join(', ');
}
