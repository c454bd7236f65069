// Builds the npm package: the WebAssembly modules, their glue, the typings and the JavaScript around them.
//
//   node build.mjs           builds `dist/`, refreshes `src/params/` and `types/`
//   node build.mjs --check   builds, and fails when `src/params/` or `types/` were not fresh
//   node build.mjs --sim     builds only the module with the simulator that the tests use, into `../../tests/js/build/`
//
// Needs what `tests/js/setup.sh` installs.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { paramsFiles } from "./params.mjs";
import { toolchain } from "./toolchain.mjs";

const here = import.meta.dirname;
const root = join(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const dist = join(here, "dist");
// What rustc emits for the target; everything newer stays off, so that every runtime can load the module.
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"].map((name) => `--enable-${name}`);
// Half the time of a call for a thirtieth of the size, measured: allocator and comparisons for speed, small functions
// inlined into those that are compiled for size otherwise, and -O3 of wasm-opt in place of -Oz. All for speed would cost a third.
const QUICK = ["alloc", "compiler_builtins", "core", "dlmalloc", "std"].map((name) => `--config=profile.wasm.package.${name}.opt-level=2`);
const INLINED = ["-Cllvm-args=-inline-threshold=60"];
// The sign-only module is a twentieth smaller yet with less inlined by LLVM and more by rustc, and two rounds of wasm-opt.
const LESS = ["-Zmir-opt-level=3", "-Cllvm-args=-inline-threshold=15"];
const SMALLER = { sha2: ['--cfg=sha2_backend_soft="compact"'], imgferry: LESS, "imgferry-wasm": LESS };
const SMALLEST = ["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"];
// For speed, but functions with one caller stay functions of their own: compressed they are smaller so. Nothing lies in
// the first kilobyte of the memory but the last of a full stack.
const APART = ["-O3", "--one-caller-inline-max-function-size=1", "--low-memory-unused"];

const LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"];

if (process.argv.includes("--sim")) {
  const out = join(root, "tests/js/build");
  mkdirSync(out, { recursive: true });
  glue(cargo(["--features", "sim"]), out, "sim", ["-O1"]);
} else {
  const before = committed();
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  glue(cargo(QUICK, { imgferry: INLINED, "imgferry-wasm": INLINED, serde_json: INLINED }), dist, "imgferry", APART);
  glue(cargo(["--no-default-features"], SMALLER), dist, "sign", SMALLEST);
  params();
  typescript();
  for (const name of LICENCES) cpSync(join(root, name), join(here, name));
  const stale = [...before].filter(([path, text]) => committed().get(path) !== text).map(([path]) => path);
  const fresh = [...committed().keys()].filter((path) => !before.has(path));
  if (process.argv.includes("--check") && stale.length + fresh.length > 0) {
    console.error(`stale: ${[...stale, ...fresh].map((path) => relative(root, path)).join(", ")}; run \`npm run build\` in wasm/js`);
    process.exit(1);
  }
}

/** Compiles the module with these Cargo parameters and flags of packages, and says where it is. */
function cargo(parameters, flags) {
  const { cargo, env, parameters: standard } = toolchain(flags);
  const folder = join(target, "wasm");
  run(cargo, ["build", "-q", "-p", "imgferry-wasm", "--profile", "wasm", "--target", "wasm32-unknown-unknown", "--target-dir", folder, ...standard, ...parameters], env);
  return join(folder, "wasm32-unknown-unknown/wasm/imgferry_wasm.wasm");
}

/** Writes `<name>.wasm`, its glue and, for the entries that hold it within themselves, the module as text. */
function glue(module, out, name, optimise) {
  run("cargo", ["run", "-q", "-p", "imgferry-bindgen", "--", module, out, `${name}-glue`]);
  const made = join(out, `${name}-glue_bg.wasm`);
  const wasm = join(out, `${name}.wasm`);
  run(process.execPath, [join(here, "node_modules/binaryen/bin/wasm-opt"), ...optimise, ...FEATURES, made, "-o", wasm]);
  rmSync(made);
  rmSync(`${made}.d.ts`);
  if (out !== dist) return;
  // The typings of the glue are checked against what the package expects of it, and are no part of it.
  cpSync(join(out, `${name}-glue.d.ts`), join(here, "src", `${name}-glue.d.ts`));
  rmSync(join(out, `${name}-glue.d.ts`));
  const code = readFileSync(wasm);
  const text = deflateRawSync(code, { level: 9, memLevel: 9 }).toString("base64");
  writeFileSync(join(out, `${name}-embedded.js`), `export const size = ${code.length};\nexport const module = "${text}";\n`);
  writeFileSync(join(here, "src", `${name}-embedded.d.ts`), "export const size: number;\nexport const module: string;\n");
  console.log(`${name}.wasm: ${code.length} bytes, gzip ${gzipSync(code, { level: 9 }).length}`);
}

/** Writes the parameters of every operation as interfaces and the words as unions, from the operation tables; the module has them without their documentation. */
function params() {
  const parameters = ["run", "-q", "-p", "imgferry", "--example", "tables"];
  const tables = JSON.parse(execFileSync("cargo", parameters, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
  for (const [name, text] of paramsFiles(tables)) {
    writeFileSync(join(here, "src/params", name), text);
  }
}

/** Compiles the JavaScript and its typings. */
function typescript() {
  rmSync(join(here, "types"), { recursive: true, force: true });
  run(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", here]);
  // What runtimes that take the condition `workerd` make of an imported `.wasm` file.
  writeFileSync(join(here, "types/module.d.ts"), "/** The compiled WebAssembly module. */\ndeclare const module: object;\nexport default module;\n");
}

/** The generated files that are committed, with what they hold. */
function committed() {
  const files = ["src/params", "types"].map((folder) => join(here, folder)).filter(existsSync);
  const paths = files.flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)));
  return new Map(paths.filter((path) => path.endsWith(".ts")).map((path) => [path, readFileSync(path, "utf8")]));
}

function run(command, parameters, env = {}) {
  execFileSync(command, parameters, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
}
