/**
 * Node's HTTP module, asked for by name: an `import` reads all that it exports, and one of its exports loads Node's whole
 * `fetch` and WebSocket, memory and time at the start that a gateway has no use for.
 */
export const http = process.getBuiltinModule('node:http');
