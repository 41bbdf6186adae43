// A program that behaves as BEHAVIOUR says and answers 200 on PORT: what a supervisor sees of an app.
import { createServer } from 'node:http';

const { NAME = '', BEHAVIOUR = 'obeys', PORT = '0' } = process.env;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

if (BEHAVIOUR === 'fails to start') {
  process.stderr.write(`${NAME} cannot start: the port is taken\n`);
  process.exitCode = 1;
} else {
  process.on('SIGTERM', () => {
    if (BEHAVIOUR === 'ignores signals') return say('not now');
    // The last line has no end, as when a process is cut.
    process.stdout.write('bye', () => process.exit(0));
  });
  say(JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', service: NAME, orderId: 'ord_1', msg: 'at work' }));
  const server = createServer(({ url }, response) => {
    response.end('ok');
    if (url === '/die') process.stderr.write('out of memory\n', () => process.exit(3));
  });
  if (BEHAVIOUR === 'is never ready') setInterval(() => undefined, 60_000);
  else server.listen(Number(PORT), '127.0.0.1');
}
