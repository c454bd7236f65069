// How this machine can compile the module: Cargo, its parameters and its environment.
//
// The standard library is best built along, without the texts of panics: a sixth of the size. `node toolchain.mjs` says
// which of the three ways is open, and ends with 1 when none is.
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

const TARGET = "wasm32-unknown-unknown";
/** Allows a stable compiler what else only a nightly one may. */
const UNSTABLE = { RUSTC_BOOTSTRAP: "1" };
/** Debian's compiler, which builds the standard library from its own source: the package lacks the target's. */
const DEBIAN = { rustc: "/usr/bin/rustc", cargo: "/usr/bin/cargo" };

/** `{ form, minor, cargo, parameters, env }`: the form is `source`, `prebuilt` (makes a larger module) or `debian`. `flags` are further ones of rustc, by package. */
export function toolchain(flags = {}) {
  const host = compiler("rustc");
  if (host?.source) return fromSource("source", "cargo", host, flags);
  if (host?.target) return { form: "prebuilt", minor: host.minor, cargo: "cargo", parameters: perPackage(flags), env: UNSTABLE };
  const debian = compiler(DEBIAN.rustc);
  const lld = host && join(host.sysroot, `lib/rustlib/${host.triple}/bin/rust-lld`);
  if (debian?.source && debian.minor >= 88 && existsSync(DEBIAN.cargo) && existsSync(lld ?? "")) {
    const made = fromSource("debian", DEBIAN.cargo, debian, flags);
    return { ...made, env: { ...made.env, RUSTC: DEBIAN.rustc, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: lld } };
  }
  throw new Error(
    `Rust cannot compile for ${TARGET} here. Do one of: \`rustup component add rust-src\` (best), \`rustup target add ${TARGET}\`, ` +
      "or as root `apt-get install rustc-web cargo-web rust-web-src`, version 1.88 or later, beside a toolchain of rustup, whose rust-lld links.",
  );
}

/** What that compiler is, and what lies beside it; nothing when there is none. */
function compiler(rustc) {
  const ask = (parameter) => execFileSync(rustc, [parameter], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [version, sysroot] = [ask("-vV"), ask("--print=sysroot").trim()];
    const beside = (path) => existsSync(join(sysroot, "lib/rustlib", path));
    return {
      sysroot,
      triple: version.match(/^host: (.*)$/m)[1],
      minor: Number(version.match(/^release: 1\.(\d+)/m)[1]),
      source: beside("src/rust/library/std/Cargo.toml"),
      target: beside(`${TARGET}/lib`),
    };
  } catch {
    return undefined;
  }
}

function fromSource(form, cargo, { minor }, flags) {
  // From 1.92 on, a panic that stops at once is a way of panicking and no longer a feature of the standard library.
  const [feature, panic] = minor < 92 ? [",panic_immediate_abort", ""] : ["", " -Zunstable-options -Cpanic=immediate-abort"];
  // Where a panic would stand is told to nobody: no paths of the machine that builds.
  const RUSTFLAGS = `-Zlocation-detail=none${panic}`;
  const parameters = ["-Zbuild-std=std,panic_abort", `-Zbuild-std-features=optimize_for_size${feature}`];
  return { form, minor, cargo, parameters: [...parameters, ...perPackage(flags)], env: { ...UNSTABLE, RUSTFLAGS } };
}

/** Flags for one package alone: unlike `RUSTFLAGS` they leave the standard library as it was built. */
function perPackage(flags) {
  return ["-Zprofile-rustflags", ...Object.entries(flags).flatMap(([name, own]) => ["--config", `profile.wasm.package.${name}.rustflags=${JSON.stringify(own)}`])];
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  try {
    console.log(toolchain().form);
  } catch ({ message }) {
    console.error(message);
    process.exitCode = 1;
  }
}
