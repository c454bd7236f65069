//! Writes the JavaScript half of the border: `imgferry-bindgen <module.wasm> <folder> <name>`.
//!
//! The generator of wasm-bindgen as a library: a version of its own cannot drift from the one in `Cargo.lock`.

use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = arguments.as_slice() else {
        return failed("usage: imgferry-bindgen <module.wasm> <folder> <name>");
    };
    match generate(module, folder, name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn generate(module: &str, folder: &str, name: &str) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).web(true).map_err(|error| error.to_string())?;
    // The package loads the module itself, and puts a fresh instance in place of one that trapped.
    bindgen.omit_default_module_path(true).reset_state_function(true);
    bindgen.remove_name_section(true).remove_producers_section(true).typescript(true);
    bindgen.generate(folder).map_err(|error| error.to_string())
}

#[allow(clippy::print_stderr, reason = "a command line tool says what went wrong")]
fn failed(why: &str) -> ExitCode {
    eprintln!("imgferry-bindgen: {why}");
    ExitCode::FAILURE
}
