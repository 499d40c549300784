/**
 * Who may talk to the API over TCP. With a token: who sends it. Without one the listener is on loopback, and two
 * things keep web pages of a browser on the same machine out: they send an `Origin`, or a name of their own as `Host`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { parseAddress } from '../base/address.ts';
import { plainProblem, sendProblem } from './problem.ts';

/** Probes have no token, and learn nothing from these but how many neighbors there are. */
const OPEN_PATHS = new Set(['/healthz', '/readyz']);

/** Lets only those in who send `token`; without one, only those who are no web page. */
export function guardAccess(server: FastifyInstance, token: string | undefined): void {
  server.addHook('onRequest', async (request, reply) => {
    if (token === undefined) {
      const { origin, host } = request.headers;
      if (origin === undefined && isLocalName(host)) return undefined;
      return sendProblem(
        reply,
        plainProblem(403, 'the API is not for web pages; a token-file would let them in'),
      );
    }
    if (OPEN_PATHS.has(request.url) || isToken(request.headers.authorization, token)) return undefined;
    return sendProblem(
      reply.header('WWW-Authenticate', 'Bearer'),
      plainProblem(401, 'send the token of the configuration: Authorization: Bearer ...'),
    );
  });
}

function isLocalName(host: string | undefined): boolean {
  const name = host?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || (name !== undefined && parseAddress(name) !== undefined);
}

/** Compares hashes, so that the time taken tells nothing. */
function isToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
