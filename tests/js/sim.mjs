// The simulator of the package for the tests, and an HTTP server around it.
import { createServer } from "node:http";
import { World } from "imgferry/sim";

export { World };

/** The keys that the default world knows. None of them is real. */
export const KEYS = World.keys();

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization", "access-control-allow-methods": "*", "access-control-expose-headers": "*" };

/** Serves a world on a loopback port, to pages of any origin too. */
export async function serve(scenario = {}) {
  const world = new World(scenario, Date.now());
  const server = createServer(async (request, response) => {
    const body = await bytesOf(request);
    if (request.method === "OPTIONS") return response.writeHead(204, CORS).end();
    const headers = request.rawHeaders.flatMap((name, index, all) => (index % 2 ? [] : [[name, all[index + 1]]]));
    const answer = world.arrived(Date.now(), { method: request.method, target: request.url, headers, body });
    if ("lost" in answer) return request.socket.destroy();
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
