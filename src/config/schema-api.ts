/** The `api` keys of the configuration file: the HTTP API beside its UNIX socket. */
import { z } from 'zod';
import { addressAndPort, quorum, text } from './schema-types.ts';

const tlsShape = {
  cert: text.meta({ description: 'File with the certificate chain (PEM).', examples: ['api.crt'] }),
  key: text.meta({ description: 'File with the private key (PEM).', examples: ['api.key'] }),
};

export const apiShape = {
  listen: addressAndPort(8179)
    .optional()
    .meta({
      description:
        'TCP address of the HTTP API, besides the UNIX socket. Beyond loopback only with `tls` and `token-file`. Default: none.',
      examples: ['127.0.0.1:8179'],
    }),
  'token-file': text.optional().meta({
    description: 'File with the token that TCP clients send (`Authorization: Bearer ...`).',
    examples: ['api.token'],
  }),
  tls: z.strictObject(tlsShape).optional().meta({ description: 'Speak HTTPS on `listen`.' }),
  ready: quorum.optional().meta({
    description: 'How many neighbors must be established for `GET /readyz` to answer 200.',
    default: 'any',
  }),
};
