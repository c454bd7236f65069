# workerd serve config.capnp: the worker as a bundle beside this file, its keys from the environment.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
    # Journals and alarms survive here.
    (name = "storage", disk = (path = "storage", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "imgferry.wasm", wasm = embed "imgferry.wasm"),
  ],
  compatibilityDate = "2025-09-01",
  bindings = [
    (name = "JOBS", durableObjectNamespace = "Replication"),
    (name = "TENCENT_ID", fromEnvironment = "TENCENTCLOUD_SECRET_ID"),
    (name = "TENCENT_SECRET", fromEnvironment = "TENCENTCLOUD_SECRET_KEY"),
    (name = "VOLCENGINE_ID", fromEnvironment = "VOLCENGINE_ACCESS_KEY"),
    (name = "VOLCENGINE_SECRET", fromEnvironment = "VOLCENGINE_SECRET_KEY"),
    (name = "HUAWEI_ID", fromEnvironment = "HUAWEICLOUD_SDK_AK"),
    (name = "HUAWEI_SECRET", fromEnvironment = "HUAWEICLOUD_SDK_SK"),
    # What pages may have signed: nothing that is not listed. Every parameter has the pattern that its values must match.
    (name = "ALLOW", json = embed "allow.json"),
  ],
  durableObjectNamespaces = [(className = "Replication", uniqueKey = "imgferry-replication", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
);
