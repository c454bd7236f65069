// Serves the built console on loopback and prints its address. Nothing else is served, and nothing leaves.
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".svg": "image/svg+xml", ".wasm": "application/wasm" };
/** Scripts and styles of its own only; WebAssembly is compiled. It talks to the worker that its user names. */
export const POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:", "worker-src 'self'",
  "connect-src 'self' https: http://127.0.0.1:* http://localhost:*", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join("; ");

export async function serve(port = 0, root = join(import.meta.dirname, "dist")) {
  const server = createServer((request, response) => {
    const file = fileOf(root, request.url);
    response.setHeader("content-security-policy", POLICY);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("referrer-policy", "no-referrer");
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close().closeAllConnections() };
}

/** The file of that address, where there is one. */
function fileOf(root, address) {
  let path;
  try {
    path = normalize(decodeURIComponent(new URL(address, "http://h").pathname));
  } catch {
    return null;
  }
  const file = join(root, path === "/" ? "index.html" : path);
  return file.startsWith(root + sep) && existsSync(file) && statSync(file).isFile() ? file : null;
}

if (process.argv[1] && import.meta.filename === realpathSync(process.argv[1])) {
  if (!existsSync(join(import.meta.dirname, "dist/index.html"))) {
    console.error("the console is not built: run `make console`, or `npm run build` here");
    process.exit(1);
  }
  // The origin that the worker's configuration lets in, where the port is free.
  const { url } = await serve(5173).catch(() => serve());
  console.log(`the console is at ${url}\nCtrl+C ends it`);
}
