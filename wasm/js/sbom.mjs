// What the modules are made of, as CycloneDX: every crate that is compiled into one of them, with its licence and the checksum of
// its source. The same tree gives the same bytes: no time, no number of its own.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The list of parts of the package of that name and version, as text. */
export function sbom(root, { name, version, license }) {
  const asked = (...parameters) => execFileSync("cargo", parameters, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "inherit"] });
  const metadata = ["metadata", "--format-version=1", "--locked", "--all-features", "--filter-platform=wasm32-unknown-unknown", `--manifest-path=${join(root, "wasm/Cargo.toml")}`];
  const { packages, resolve } = JSON.parse(asked(...metadata));
  // The metadata has what any member of the workspace asks for, the tree what the modules do.
  const tree = asked("tree", "--locked", "--all-features", "--edges=normal,no-proc-macro", "--target=wasm32-unknown-unknown", "--prefix=none", "--format={p}", "--package=imgferry-wasm");
  const compiled = new Set([...tree.matchAll(/^(\S+) v(\S+)/gm)].map(([, crate, of]) => `${crate} ${of}`));
  const crates = new Map(packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const ours = packages.find((crate) => crate.name === "imgferry-wasm").id;
  const isCompiled = ({ name, version }) => compiled.has(`${name} ${version}`);
  const parts = (id) => nodes.get(id).deps.filter(({ pkg, dep_kinds }) => dep_kinds.some(({ kind }) => kind === null) && isCompiled(crates.get(pkg))).map(({ pkg }) => pkg);
  const all = new Set([ours]);
  for (const id of all) for (const part of parts(id)) all.add(part);
  const reference = (id) => (id === ours ? `pkg:npm/${name}@${version}` : `pkg:cargo/${crates.get(id).name}@${crates.get(id).version}`);
  const sorted = [...all].sort((one, other) => (reference(one) < reference(other) ? -1 : 1));
  const sums = checksums(readFileSync(join(root, "Cargo.lock"), "utf8"));
  const component = (id) => {
    const crate = crates.get(id);
    const sum = sums.get(`${crate.name} ${crate.version}`);
    return {
      type: "library",
      "bom-ref": reference(id),
      name: crate.name,
      version: crate.version,
      licenses: [{ expression: crate.license.replaceAll("/", " OR ") }],
      ...(sum && { hashes: [{ alg: "SHA-256", content: sum }] }),
      purl: reference(id),
    };
  };
  const list = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "library", "bom-ref": reference(ours), name, version, licenses: [{ expression: license }], purl: reference(ours) } },
    components: sorted.filter((id) => id !== ours).map(component),
    dependencies: sorted.map((id) => ({ ref: reference(id), dependsOn: parts(id).map(reference).sort() })),
  };
  return `${JSON.stringify(list, undefined, 1)}\n`;
}

/** Checksums of the crates of a lock, by name and version; those of the tree have none. */
function checksums(lock) {
  const entries = lock.matchAll(/^name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"$/gm);
  return new Map([...entries].map(([, name, version, sum]) => [`${name} ${version}`, sum]));
}
