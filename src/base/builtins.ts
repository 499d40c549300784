/**
 * Modules of Node that must not be imported: an `import` reads everything they export at once, also what they would only
 * load when it is used. Of `node:http` that is a whole other HTTP client (WebSocket), some 50 ms and 11 MB; of
 * `node:http2` and TLS, half of that. The same module without that:
 */

export const nodeHttp = () => process.getBuiltinModule('node:http');
export const nodeHttps = () => process.getBuiltinModule('node:https');
export const nodeHttp2 = () => process.getBuiltinModule('node:http2');
