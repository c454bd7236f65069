// Builds the npm package: the WebAssembly modules, their glue, the typings and the JavaScript around them.
//
//   node build.mjs           builds `dist/`, refreshes `src/params/` and `types/`
//   node build.mjs --check   builds, and fails when `src/params/` or `types/` were not fresh
//   node build.mjs --js      builds only the JavaScript, beside the modules that were built before
//   node build.mjs --only M  builds only the modules of those names (`imgferry,sim`), and the JavaScript of all that lie in `dist/`
//
// Needs what `tests/js/setup.sh` installs.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, deflateRawSync, gzipSync } from "node:zlib";
import { lean } from "./glue.mjs";
import { paramsFiles } from "./params.mjs";
import { sbom } from "./sbom.mjs";
import { toolchain } from "./toolchain.mjs";
import { assertApart, numberOf, wordsOf } from "./words.mjs";

const { buildSync } = await import("esbuild").catch(() => {
  console.error("the build's own packages are missing: run tests/js/setup.sh --console, or `npm install --no-save` in wasm/js");
  process.exit(1);
});
const here = import.meta.dirname;
const root = join(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const dist = join(here, "dist");
// What rustc emits for the target, and vectors: everything newer stays off, so that every runtime can load the module.
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "simd"].map((name) => `--enable-${name}`);
// Half the time of a call for a thirtieth of the size, measured: allocator, comparisons and what drives the compressions for speed, and
// -O3 of wasm-opt after -Oz. All for speed would cost a third. With vectors, which Safari has since 16.4 and all others for longer,
// SHA-256 takes two thirds of the time and half of the code.
const QUICK = ["alloc", "block-buffer", "compiler_builtins", "core", "digest", "dlmalloc", "hmac", "hybrid-array", "std", "zeroize"].map((name) => `--config=profile.wasm.package.${name}.opt-level=2`);
const QUICKEST = ["imgferry", "imgferry-wasm", "serde_json"].map((name) => `--config=profile.wasm.package.${name}.opt-level=3`);
const VECTORS = { sha2: ["-Ctarget-feature=+simd128"] };
// Less inlined by LLVM and more by rustc: the whole module is a fiftieth smaller so, the sign-only one and those of one cloud a
// twentieth, and a twentieth faster too.
const inlined = (threshold) => ["-Zmir-opt-level=3", "-Zinline-mir-threshold=100", "-Zinline-mir-hint-threshold=150", `-Cllvm-args=-inline-threshold=${threshold}`];
const LESS = inlined(15);
const GENERIC = ["alloc", "core", "imgferry", "imgferry-wasm", "serde_json", "std"];
const inEach = (flags) => Object.fromEntries(GENERIC.map((name) => [name, flags]));
// Loops as they are written, and nothing kept from one branch for the next: what LLVM makes quicker there is a hundredth of the whole module
// and of those of one cloud, and half as much of the sign-only one.
const PLAIN = ["disable-lsr", "enable-pre=false", "enable-load-pre=false", "disable-licm-promotion"].map((flag) => `-Cllvm-args=-${flag}`);
const SMALL = [...LESS, ...PLAIN];
// No function of the border gives several values: Node would compile the entrance of each form of them when it loads the module, 0.7 ms
// for the first. None takes or gives a reference: that would need a table of them, which the glue would have to fill.
const LINKED = ["--features=mutable-globals", "--no-check-features"].map((flag) => `-Clink-arg=${flag}`);
// With half of the usual stack, no address of a text takes a fourth byte.
const HALF = { ...inEach(SMALL), "imgferry-wasm": [...SMALL, "-Clink-arg=-zstack-size=524288"] };
const SMALLER = { sha2: ['--cfg=sha2_backend_soft="compact"'], ...HALF };
// For speed, but functions with one caller stay functions of their own: compressed they are smaller so. Nothing lies in
// the first kilobyte of the memory but the last of a full stack. What is worked out twice compresses better than what is
// kept from the first time.
const SEPARATE = ["--one-caller-inline-max-function-size=1", "--low-memory-unused", "--skip-pass=local-cse", "--skip-pass=memory-packing", "--strip-target-features"];
const OPTIMISED = ["-Oz", "--flatten", "--rereloop", "-Oz", "--flatten", "--rereloop", "-Oz", "-O3", ...SEPARATE];

const manifest = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"];

/** The modules of the package: what is compiled into each, and how. */
const CLOUDS = ["tencent", "volcengine", "huawei"];
const MODULES = {
  imgferry: [["--features", "tree", ...QUICK], { ...VECTORS, ...HALF }],
  ...Object.fromEntries(CLOUDS.map((cloud) => [cloud, [["--no-default-features", "--features", `operations,tree,${cloud}`], SMALLER]])),
  // What it says in Chinese is smaller than a way to load it.
  sign: [["--no-default-features", "--features", "clouds,texts"], SMALLER],
  // All inlined less would be larger here.
  explain: [["--no-default-features", "--features", "evidence,tree,clouds"], { ...VECTORS, core: LESS, "imgferry-wasm": LESS }],
  sim: [["--no-default-features", "--features", "sim"], VECTORS],
  // Levels 1 and 2 where files are read at once, all for speed: a call takes a seventh less than in the whole module. With all that
  // LLVM would inline it is another twentieth, and what is validated and compiled before a first one a third more.
  calls: [["--no-default-features", "--features", "calls,tree,clouds", ...QUICK, ...QUICKEST], { ...VECTORS, ...inEach(inlined(50)) }],
};

/**
 * Runtimes that read files at once read those of texts when something first tells of one: a signature needs none, and to parse
 * them took a twelfth of the time to the first. Where a bundler left them behind, rules and codes are told by their ids, and once why.
 */
const READ = `let isTold = false;
const read = (url) => () => {
  try {
    // As it was written, or as a bundler minified it.
    const [, , text] = /^export default\\s*(["'\`])(.*)\\1;?\\s*$/s.exec(process.getBuiltinModule("node:fs").readFileSync(url(), "utf8"));
    return text.replace(/\\\\(.)/gs, (_, escaped) => (escaped === "n" ? "\\n" : escaped));
  } catch {
    if (!isTold) process.emitWarning("imgferry tells rules and error codes by their ids, for want of its texts: copy node_modules/imgferry/dist/text beside the bundle, or import imgferry/inline");
    isTold = true;
    return "";
  }
};
`;

/** Where all texts are at hand. */
const NO_MORE = "export const more = {};\n";

/** The texts of an entry: a file for each cloud, one for plans, and what is said in Chinese of signatures and of parameters. */
const TEXTS = { imgferry: [...CLOUDS, "plan", "sign", "api"], ...Object.fromEntries(CLOUDS.map((cloud) => [cloud, [cloud, "sign", "api"]])) };

/** Where an entry's module comes from, by what its file is called: the default is a file of its own, fetched by its address. */
const SOURCES = {
  "": (name) => `export const module = () => new URL("./${name}.wasm", import.meta.url);\n`,
  // Runtimes that read files at once need no waiting. An import of their own module would be a file more to link.
  ".node": (name) => `export const module = () => ${readSync(name)};\n`,
  // Under the condition `workerd` a `.wasm` file is imported compiled, and nothing may be compiled.
  ".workerd": (name) => `import wasm from "./${name}.wasm";\nexport const module = () => wasm;\n`,
  // Next compiles what its edge routes import so, which may compile nothing either.
  ".edge": (name) => `import wasm from "./${name}.wasm?module";\nexport const module = () => wasm;\n`,
  // Within the code: for bundlers that leave files behind, and wherever nothing can be fetched.
  ".inline": (name) => {
    const code = readFileSync(join(dist, `${name}.wasm`));
    const text = deflateRawSync(code, { level: 9, memLevel: 9 }).toString("base64");
    return `import { bytes, inflate } from "./inflate.js";\nexport const module = () => inflate(bytes("${text}"), ${code.length});\n`;
  },
};

/** The code that reads a module at once. */
function readSync(name) {
  return `process.getBuiltinModule("node:fs").readFileSync(new URL("./${name}.wasm", import.meta.url))`;
}

/** The module of levels 1 and 2 beside the whole one: only where they are read at once. */
const CALLS = `import { CallsBridge } from "./calls.js";
import * as glue from "./calls-glue.js";
export const calls = (whole) => new CallsBridge(whole, glue, "imgferry", () => ${readSync("calls")});
`;

/** The entries that have a module. */
const ENTRIES = { index: "imgferry", ...Object.fromEntries(CLOUDS.map((cloud) => [cloud, cloud])), sign: "sign", explain: "explain", sim: "sim" };

const only = process.argv.includes("--only") ? process.argv.at(-1).split(",") : undefined;
const unknown = only?.find((name) => !(name in MODULES));
if (unknown !== undefined) throw new Error(`there is no module ${unknown}, only ${Object.keys(MODULES)}`);
const before = committed();
if (!process.argv.includes("--js")) {
  if (!only) rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const name of only ?? Object.keys(MODULES)) glue(cargo(...MODULES[name]), name);
}
/** The entries whose module was built, now or before, with the typings of its glue. */
const built = Object.entries(ENTRIES).filter(([, module]) => [join(dist, `${module}.wasm`), typings(module, "glue"), typings(module, "module")].every(existsSync));
const bare = Object.values(ENTRIES).filter((module) => existsSync(join(dist, `${module}.wasm`)) && !built.some(([, there]) => there === module));
if (bare.length > 0) console.error(`left as they lie in dist/, for want of their glue's typings in src/: ${bare}; \`node build.mjs --only ${bare}\` builds them anew`);
const tables = JSON.parse(execFileSync("cargo", ["run", "-q", "-p", "imgferry", "--example", "tables"], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26, stdio: ["ignore", "pipe", "inherit"] }));
params();
texts();
typescript();
for (const [entry, module] of built) entries(entry, module);
together();
stubs();
for (const name of LICENCES) cpSync(join(root, name), join(here, name));
writeFileSync(join(dist, "sbom.cdx.json"), sbom(root, manifest));
const stale = [...before].filter(([path, text]) => committed().get(path) !== text).map(([path]) => path);
const fresh = [...committed().keys()].filter((path) => !before.has(path));
if (process.argv.includes("--check") && stale.length + fresh.length > 0) {
  console.error(`stale: ${[...stale, ...fresh].map((path) => relative(root, path)).join(", ")}; run \`npm run build\` in wasm/js`);
  process.exit(1);
}

/** Compiles the module with these Cargo parameters and flags of packages, and says where it is. */
function cargo(parameters, flags) {
  const { cargo, env, parameters: standard } = toolchain({ ...flags, "imgferry-wasm": [...(flags["imgferry-wasm"] ?? []), ...LINKED] });
  const folder = join(target, "wasm");
  run(cargo, ["build", "-q", "-p", "imgferry-wasm", "--profile", "wasm", "--target", "wasm32-unknown-unknown", "--target-dir", folder, ...standard, ...parameters], env);
  return join(folder, "wasm32-unknown-unknown/wasm/imgferry_wasm.wasm");
}

/** Writes `<name>.wasm` and its glue; with `--only`, where they are not there already, made of the same. */
function glue(module, name) {
  const source = [module, import.meta.filename, join(here, "glue.mjs")].reduce((hash, path) => hash.update(readFileSync(path)), createHash("sha256")).digest("hex");
  const note = join(dist, `${name}.made-of`);
  if (only && [note, typings(name, "glue"), typings(name, "module")].every(existsSync) && readFileSync(note, "utf8") === source) return;
  run("cargo", ["run", "-q", "-p", "imgferry-bindgen", "--", module, dist, `${name}-glue`]);
  const made = join(dist, `${name}-glue_bg.wasm`);
  const code = join(dist, `${name}-glue.js`);
  const wasm = join(dist, `${name}.wasm`);
  const memory = `${name} ${manifest.version}`;
  writeFileSync(code, lean(readFileSync(code, "utf8"), memory));
  rewrite(made, (text) => exported(text, readFileSync(code, "utf8")).replace('(export "memory" ', `(export "${memory}" `));
  binaryen("wasm-opt", ...OPTIMISED, made, "-o", wasm);
  rewrite(wasm, sorted);
  rmSync(made);
  rmSync(`${made}.d.ts`);
  // The typings of the glue are checked against what the package expects of it, and are no part of it.
  renameSync(join(dist, `${name}-glue.d.ts`), typings(name, "glue"));
  writeFileSync(typings(name, "module"), "/** Where the module is, or what it is. */\nexport function module(): unknown;\n/** The bridge to that of levels 1 and 2, where they have their own. */\nexport const calls: undefined;\n");
  const built = readFileSync(wasm);
  writeFileSync(note, source);
  console.log(`${name}.wasm: ${built.length} bytes, gzip ${gzipSync(built, { level: 9 }).length}, brotli ${brotliCompressSync(built).length}`);
}

/** Where the typings of a generated part of an entry are. */
function typings(name, part) {
  return join(here, "src", `${name}-${part}.d.ts`);
}

/** Changes a module as text. */
function rewrite(wasm, change) {
  const text = `${wasm}.wat`;
  binaryen("wasm-dis", wasm, "-o", text);
  writeFileSync(text, change(readFileSync(text, "utf8")));
  binaryen("wasm-as", text, "-o", wasm);
  rmSync(text);
}

/** What the glue uses is exported, nothing else. */
function exported(text, glue) {
  const used = new Set(Array.from(glue.matchAll(/\bwasm\.(\w+)/g), ([, name]) => name)).add("memory");
  return text.replace(/^ \(export "(\w+)" .*\n/gm, (line, name) => (used.has(name) ? line : ""));
}

/** Puts functions of the same form beside each other, short ones first: a module compresses by a hundredth better so, since what is alike lies near. */
function sorted(text) {
  const [head, ...parts] = text.replace(/\)\s*$/, "").split(/^(?= \()/m);
  const formOf = (part) => part.split("\n", 1)[0].replace(/\$\S+/g, "");
  const functions = parts.filter((part) => part.startsWith(" (func ")).map((part) => ({ part, form: formOf(part) }));
  functions.sort((one, other) => (one.form === other.form ? one.part.length - other.part.length : one.form < other.form ? -1 : 1));
  const others = parts.filter((part) => !part.startsWith(" (func "));
  return [head, ...others, ...functions.map(({ part }) => part), ")\n"].join("");
}

/** What stands beside the whole module for levels 1 and 2. */
function callsOf(source) {
  return source === ".node" && existsSync(join(dist, "calls.wasm")) ? CALLS : "export const calls = undefined;\n";
}

/** Writes an entry once for every place that its module comes from. */
function entries(entry, module) {
  const code = readFileSync(join(dist, `${entry}.js`), "utf8");
  const line = `from "./${module}-module.js"`;
  if (!code.includes(line)) throw new Error(`${entry}.js does not import its module`);
  for (const [source, text] of Object.entries(SOURCES)) {
    writeFileSync(join(dist, `${module}-module${source}.js`), text(module) + (module === "imgferry" ? callsOf(source) : ""));
    const kept = source === ".node" ? source : ".both";
    const both = code.replace(line, `from "./${module}-module${source}.js"`).replace(`from "./${module}-texts.js"`, `from "./${module}-texts${kept}.js"`);
    if (source) writeFileSync(join(dist, `${entry}${source}.js`), both);
  }
}

/**
 * Puts the entries of runtimes that read files into one file each: finding and linking some thirty took two thirds of the time from
 * an import to a first signature. So each has the class of errors, which takes those of all entries for its own. In ASCII, a byte a
 * character, a file is read a tenth faster.
 */
function together() {
  const entryPoints = built.map(([entry]) => join(dist, `${entry}.node.js`));
  buildSync({ entryPoints, outdir: dist, allowOverwrite: true, bundle: true, format: "esm", platform: "neutral", logLevel: "error" });
  for (const [, module] of built) ["module", "texts"].forEach((part) => rmSync(join(dist, `${module}-${part}.node.js`), { force: true }));
}

/** Writes each entry once more where bundlers look that know no `exports`, as Parcel unless it is told: `main` is the first. */
function stubs() {
  const names = built.map(([entry]) => entry);
  for (const [stub, entry] of [...(names.includes("index") ? [["slim", "slim"]] : []), ...names.map((name) => [name, name]), ...names.map((name) => [`${name}/inline`, `${name}.inline`])]) {
    const path = stub.replace(/^index\//, "");
    if (path === "index") continue;
    mkdirSync(join(here, path, ".."), { recursive: true });
    writeFileSync(join(here, `${path}.js`), `export * from "${path.includes("/") ? ".." : "."}/dist/${entry}.js";\n`);
  }
}

/** Writes the parameters of every operation and the plan format as interfaces and the words as unions, from the operation tables; the module has them without their documentation. */
function params() {
  for (const [name, text] of paramsFiles(tables)) {
    writeFileSync(join(here, "src/params", name), text);
  }
  writeFileSync(join(dist, "plan.schema.json"), JSON.stringify(tables.schema));
}

/** What the code says in Chinese, by file. */
function words() {
  // What refusals look like is told by a module that holds its Chinese.
  const { base, sign, api, plan, job, evidence: _, ...clouds } = wordsOf(root);
  const lost = Object.keys(clouds).find((folder) => !CLOUDS.includes(folder) && clouds[folder].size > 0);
  if (lost !== undefined) throw new Error(`no file of texts takes what core/src/${lost} says in Chinese`);
  for (const cloud of CLOUDS) tables.regions[cloud].forEach((region) => clouds[cloud].add(region.name_zh));
  return { sign: [...base, ...sign], api: [...api], plan: [...plan, ...job], ...Object.fromEntries(CLOUDS.map((cloud) => [cloud, [...clouds[cloud]]])) };
}

/**
 * Writes the texts of rules and error codes by language, and all that is said in Chinese, which no module holds, and what each entry has of them: English, and Chinese
 * when it is asked for; where all files are at hand, both; in Node, what reads both.
 */
function texts() {
  for (const [language, files] of Object.entries(tables.texts)) {
    const folder = join(dist, "text", language);
    mkdirSync(folder, { recursive: true });
    const all = language === "zh" ? words() : {};
    for (const [name, lists] of Object.entries(files)) all[name] = [...lists.map(([lines, said]) => `${numberOf(lines)}\n${said}`), ...(all[name] ?? [])];
    assertApart(Object.values(all).flat());
    for (const [name, texts] of Object.entries(all)) {
      writeFileSync(join(folder, `${name}.js`), `export default '${texts.join("^").replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n")}';\n`);
    }
  }
  for (const [entry, names] of Object.entries(TEXTS)) {
    const of = (language) => names.filter((name) => existsSync(join(dist, "text", language, `${name}.js`)));
    const imports = (language) => of(language).map((name) => `import ${language}_${name} from "./text/${language}/${name}.js";\n`).join("");
    const list = (language) => `[${of(language).map((name) => `${language}_${name}`).join(", ")}]`;
    const fetched = `() => Promise.all([${names.map((name) => `import("./text/zh/${name}.js")`).join(", ")}]).then((all) => all.map((text) => text.default))`;
    writeFileSync(join(dist, `${entry}-texts.js`), `${imports("en")}export const texts = { en: ${list("en")} };\nexport const more = { zh: ${fetched} };\n`);
    writeFileSync(join(dist, `${entry}-texts.both.js`), `${imports("en")}${imports("zh")}export const texts = { en: ${list("en")}, zh: ${list("zh")} };\n${NO_MORE}`);
    const read = (language) => `[${of(language).map((name) => `read(() => new URL("./text/${language}/${name}.js", import.meta.url))`).join(", ")}]`;
    writeFileSync(join(dist, `${entry}-texts.node.js`), `${READ}export const texts = { en: ${read("en")}, zh: ${read("zh")} };\n${NO_MORE}`);
    writeFileSync(typings(entry, "texts"), 'import type { More, Texts } from "./texts.js";\nexport const texts: Texts;\nexport const more: More;\n');
  }
}

/** Compiles the JavaScript and its typings. */
function typescript() {
  // Without their modules' glue the other entries cannot be compiled; their typings stay as they were committed.
  const left = Object.entries({ ...ENTRIES, slim: "imgferry" }).filter(([, module]) => !built.some(([, there]) => there === module));
  const config = join(dist, "tsconfig.json");
  const fresh = join(dist, "types");
  writeFileSync(config, JSON.stringify({ extends: "../tsconfig.json", exclude: left.map(([entry]) => `../src/${entry}.ts`) }));
  try {
    run(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", config, "--declarationDir", fresh]);
    // What is committed goes only when all of it is there anew.
    if (left.length === 0) rmSync(join(here, "types"), { recursive: true, force: true });
    cpSync(fresh, join(here, "types"), { recursive: true });
  } catch {
    const others = [...new Set(built.map(([, module]) => module))].filter((module) => !only?.includes(module));
    if (only && others.length > 0) console.error(`where the glue of another module in dist/ no longer fits, build it anew: \`node build.mjs --only ${others}\``);
    process.exitCode = 1;
    throw new Error("the JavaScript could not be compiled; why stands above");
  } finally {
    rmSync(config);
    rmSync(fresh, { recursive: true, force: true });
  }
  // What runtimes that take the condition `workerd` make of an imported `.wasm` file.
  writeFileSync(join(here, "types/module.d.ts"), "/** The compiled WebAssembly module. */\ndeclare const module: object;\nexport default module;\n");
}

/** The generated files that are committed, with what they hold. */
function committed() {
  const files = ["src/params", "types"].map((folder) => join(here, folder)).filter(existsSync);
  const paths = files.flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)));
  return new Map(paths.filter((path) => path.endsWith(".ts")).map((path) => [path, readFileSync(path, "utf8")]));
}

function binaryen(tool, ...parameters) {
  run(process.execPath, [join(here, "node_modules/binaryen/bin", tool), ...FEATURES, ...parameters]);
}

function run(command, parameters, env = {}) {
  execFileSync(command, parameters, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
}
