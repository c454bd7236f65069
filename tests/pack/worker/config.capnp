using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "main.js", esModule = embed "main.js"),
    (name = "imgferry.wasm", wasm = embed "imgferry.wasm"),
    (name = "sign.wasm", wasm = embed "sign.wasm"),
  ],
  compatibilityDate = "2025-09-01",
);
