/**
 * A program: BGP peers of bare TCP that write down the UPDATEs they are sent, in hexadecimal, and send some of their
 * own. Run as `node recorder.ts FILE ADDRESS=AS[=UPDATES] ...`, UPDATES being messages in hexadecimal with commas.
 */
import { appendFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { KEEPALIVE, message, OPEN, openMessage, UPDATE } from '../../speaker/raw-peer.ts';

const HEADER_LENGTH = 19;

/** IPv4 and IPv6 unicast, route refresh, 4-octet AS number. */
function capabilities(as: number): string {
  return `01040001000101040002000102004104${as.toString(16).padStart(8, '0')}`;
}

function serve(socket: Socket, file: string, address: string, as: number, updates: string[]): void {
  let bytes = Buffer.alloc(0);
  const send = (text: string): void => void socket.write(Buffer.from(text, 'hex'));
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= HEADER_LENGTH && bytes.length >= bytes.readUInt16BE(16)) {
      const length = bytes.readUInt16BE(16);
      const one = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      if (one[18] === OPEN) {
        send(
          openMessage({
            as,
            holdTime: 180,
            routerId: '0a00000'.concat(address.at(-1)!),
            capabilities: capabilities(as),
          }),
        );
        send(message(KEEPALIVE));
      } else if (one[18] === KEEPALIVE) {
        for (const update of updates.splice(0)) send(update);
      } else if (one[18] === UPDATE) appendFileSync(file, `${address} ${one.toString('hex')}\n`);
    }
  });
  setInterval(() => send(message(KEEPALIVE)), 30_000).unref();
}

const [file = '', ...peers] = process.argv.slice(2);
for (const peer of peers) {
  const [address = '', as, updates = ''] = peer.split('=');
  const server = createServer((socket) =>
    serve(
      socket,
      file,
      address,
      Number(as),
      updates.split(',').filter((one) => one !== ''),
    ),
  );
  server.listen(179, address, () => appendFileSync(file, `listening ${address}\n`));
}
