// Stands in for the process that runs the platform. What it does is said by the start's `vars.script`:
// serve, and then hang (it stops answering and spins), die, or ignore being stopped.
import { createServer } from 'node:http';

process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.on('message', ({ type, start: started }) => {
  if (type === 'stop' && script !== 'ignores-stop') process.exit(0);
  if (type === 'start') start(started.settings);
});

let script = '';

function start({ vars, port, hang }) {
  script = vars.script;
  if (script === 'fails') return process.send({ type: 'failed', message: 'no such table' });
  if (script === 'never-ready') return process.exit(3);
  const running = (path, requestId) =>
    line(`\u0001BB ${JSON.stringify({ running: { path, kind: 'query', requestId, session: 's', id: 7 } })}`);
  const server = createServer((request, response) => {
    if (request.url === '/hang') {
      running('queries/a:fine', 'r0');
      running('queries/a:loop', 'r1');
      setTimeout(() => {
        for (;;);
      }, 30);
    }
    if (request.url === '/die') {
      running('queries/a:deadly', 'r2');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 30);
    }
    response.end(JSON.stringify({ pid: process.pid, hang: hang ?? null }));
  });
  server.listen(port, '127.0.0.1', () => {
    line('hello from the platform');
    process.send({ type: 'ready' });
  });
}

function line(text) {
  process.send({ type: 'line', level: 'log', text });
}
