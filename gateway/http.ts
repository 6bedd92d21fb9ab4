/**
 * Node's HTTP module, through `process.getBuiltinModule`: an `import` reads every export, and some of them load Node's `fetch`
 * and WebSocket, which a gateway does not use, at the cost of memory and start-up time.
 */
export const http = process.getBuiltinModule('node:http');
