/** Node's modules for TLS and HTTP/2, loaded on demand: a gateway without a certificate needs neither. */
export const http2 = () => process.getBuiltinModule('node:http2');
export const https = () => process.getBuiltinModule('node:https');
export const tls = () => process.getBuiltinModule('node:tls');
