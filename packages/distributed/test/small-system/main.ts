// Three programs under a supervisor, as main.ts has its apps: PORTS names their ports, BEHAVIOURS what they do.
import { runApp } from '@tally/runtime';
import { accountable } from '../../src/accountable.ts';
import { createPrinter } from '../../src/printer.ts';
import { createSupervisor, type Stopped } from '../../src/supervisor.ts';

const names = ['simulator', 'orders', 'gateway'] as const;
const [ports, behaviours] = [(process.env['PORTS'] ?? '').split(','), (process.env['BEHAVIOURS'] ?? '').split(',')];

await runApp({
  name: 'tally',
  environment: { LOG_LEVEL: 'warn' },
  async start() {
    const print = createPrinter({
      names: ['supervisor', ...names],
      style: process.env['STYLE'] === 'json' ? 'json' : 'plain',
      write: (text) => process.stdout.write(text),
    });
    const say = (text: string): void => print('supervisor', text);
    const supervisor = createSupervisor({
      ours: process.env,
      onLine: print,
      onUnaskedEnd: (name) => say(`${name} has ended`),
      onStopped: ({ name }) => say(`${name} stopped`),
    });
    for (const [index, name] of names.entries()) {
      const PORT = ports[index] ?? '0';
      const variables = { NAME: name, PORT, BEHAVIOUR: behaviours[index] ?? 'obeys' };
      await supervisor.start({ name, file: 'packages/distributed/test/program/main.ts', variables, readyUrl: `http://127.0.0.1:${PORT}/` });
    }
    say(`ready ${names.map((name) => String(supervisor.pid(name))).join(' ')}`);
    return accountable(async () => {
      const ends: Stopped[] = [];
      for (const name of names.toReversed()) ends.push(await supervisor.stop(name));
      return ends;
    }, say);
  },
});
