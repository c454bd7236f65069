// The three clouds in a box for the tests: the core's own simulator, as a WebAssembly module, and an HTTP server around it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import * as glue from "./build/sim-glue.js";

glue.initSync({ module: readFileSync(join(import.meta.dirname, "build/sim.wasm")) });

/** The keys that the default world knows. None of them is real. */
export const KEYS = {
  tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" },
  volcengine: { id: "AKLTEXAMPLE", secret: "EXAMPLE-SECRET-VOLCENGINE" },
  huawei: { id: "HWAKEXAMPLE", secret: "EXAMPLE-SECRET-HUAWEI" },
};

/** A world: requests go in, answers come out, `undefined` when the connection breaks. */
export class World {
  #world;

  constructor(scenario, nowMs) {
    this.#world = new glue.World(JSON.stringify(scenario), nowMs);
  }

  /** What becomes of a request, as it was signed: its `Host` is the URL's own. */
  handle(nowMs, { method, url, headers, body }) {
    const { host, pathname, search } = new URL(url);
    const all = headers.some(([name]) => name.toLowerCase() === "host") ? headers : [["Host", host], ...headers];
    return this.arrived(nowMs, { method, target: pathname + search, headers: all, body });
  }

  /** What becomes of a request, as a server received it. */
  arrived(nowMs, { body, ...request }) {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const delivery = JSON.parse(this.#world.handle(nowMs, JSON.stringify(request), bytes));
    return "lost" in delivery ? undefined : { ...delivery, body: this.#world.body() };
  }

  ledger() {
    return JSON.parse(this.#world.ledger());
  }

  free() {
    this.#world.free();
  }
}

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization", "access-control-allow-methods": "*", "access-control-expose-headers": "*" };

/** Serves a world on a loopback port, to pages of any origin too. */
export async function serve(scenario = {}) {
  const world = new World(scenario, Date.now());
  const server = createServer(async (request, response) => {
    const body = await bytesOf(request);
    if (request.method === "OPTIONS") return response.writeHead(204, CORS).end();
    const headers = request.rawHeaders.flatMap((name, index, all) => (index % 2 ? [] : [[name, all[index + 1]]]));
    const answer = world.arrived(Date.now(), { method: request.method, target: request.url, headers, body });
    if (answer === undefined) return request.socket.destroy();
    setTimeout(() => response.writeHead(answer.status, [...Object.entries(CORS), ...answer.headers].flat()).end(answer.body), answer.afterMs);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, world, close: () => server.close().closeAllConnections() };
}

async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
