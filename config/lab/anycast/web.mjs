// The service behind an anycast address: says on which node it runs. `node web.mjs NAME`
import { createServer } from 'node:http';

const name = process.argv[2] ?? 'web';

createServer((request, response) => {
  response.setHeader('connection', 'close');
  response.end(request.url === '/healthz' ? 'ok\n' : `${name}\n`);
}).listen(8080, '::', () => console.log(`${name} listens on port 8080`));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit());
