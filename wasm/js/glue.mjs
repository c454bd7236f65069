// The glue of wasm-bindgen, without what the package does by itself or never needs.
//
// It takes every runtime for a browser, and texts character by character; it fetches and starts modules in several ways, knows older
// users and runtimes, and frees what was handed over before something else failed, where only a trap does, after which the module is
// started anew. All of that would be a tenth of what a page fetches around the module of a cloud.

/** How the glue hands over a text: most are ASCII and fit at once, others take up to three bytes a character. */
const PASS_STRING = `function passStringToWasm0(arg) {
    const len = arg.length;
    let ptr = wasm.__wbindgen_malloc(len, 1) >>> 0;
    const { read, written } = encoder.encodeInto(arg, getUint8ArrayMemory0().subarray(ptr, ptr + len));
    WASM_VECTOR_LEN = written;
    if (read < len) {
        ptr = wasm.__wbindgen_realloc(ptr, len, 3 * len, 1) >>> 0;
        WASM_VECTOR_LEN = encoder.encodeInto(arg, getUint8ArrayMemory0().subarray(ptr, ptr + 3 * len)).written;
        ptr = wasm.__wbindgen_realloc(ptr, 3 * len, WASM_VECTOR_LEN, 1) >>> 0;
    }
    return ptr;
}
`;

const TAKE_STRING = `function takeStringFromWasm0(ret) {
    const text = getStringFromWasm0(ret[0], ret[1]);
    wasm.__wbindgen_free(ret[0], ret[1], 1);
    return text;
}
`;

const START = `let wasmModule, wasm;
function initSync({ module }) {
    if (wasm) return;
    wasmModule = isModule(module) ? module : new WebAssembly.Module(module);
    __wbg_reset_state();
    if (!wasm.memory) {
        wasm = undefined;
        throw "it is not memory";
    }
}
export { initSync };
`;

/**
 * Where a function leaves what it gives, the last thing that it does: at the far end of the stack, of which nothing is in use then. To ask
 * for room there and to give it back would be two calls more.
 */
const ANSWER = 1024;

const TOLD = `function told() {
    if (cachedDataViewMemory0 === null || cachedDataViewMemory0.byteLength === 0) {
        cachedDataViewMemory0 = new Int32Array(wasm.memory.buffer, ${ANSWER}, 4);
    }
    return cachedDataViewMemory0;
}
`;

/** The one reference that is ever held: the text of an error on its way. It is thrown at once. */
const HEAP = `let held;
function addHeapObject(value) {
    held = value;
    return 0;
}
function takeObject() {
    return held;
}
`;

/** What is replaced by what, in turn. Each must be there, but for what only a module with texts, classes or imports has. */
const CHANGES = [
  // All that starts a module.
  [/^let wasmModule, wasmInstance, wasm;\n.*/ms, START],
  [/^ {4}wasmInstance = (new WebAssembly\.Instance\(.*\));\n {4}wasm = wasmInstance\.exports;\n/m, "    wasm = $1.exports;\n"],
  [/^ *if \(typeof (WASM_VECTOR_LEN|numBytesDecoded) .*\n/gm, ""],
  [/^ *wasm\.__wbindgen_start\(\);\n/m, ""],
  [/^ *__wbg_call_guard\(\);\n|^function __wbg_call_guard\(\) \{.*?^\}\n|^[^\n]*__wbg_reinit_scheduled = false;\n/gms, "", "may be"],
  // What is told.
  [/^ *const retptr = .*\n|^ *wasm\.__wbindgen_add_to_stack_pointer\(16\);\n/gm, "", "may be"],
  [/^( *)(wasm\.\w+\()retptr(.*\n)(?: *var r\d = getDataView.*\n)+/gm, `$1$2${ANSWER}$3$1const ret = told();\n`, "may be"],
  [/\br(\d)\b/g, "ret[$1]", "may be"],
  [/^( *)try \{\n((?:(?!\1\}).*\n)*)\1\} finally \{\n\1\}\n/gm, "$2", "may be"],
  [/^function getDataViewMemory0\(\) \{.*?^\}\n/ms, TOLD, "may be"],
  // References.
  [/^ *if \(typeof heap .*?\n {4}\}\n/ms, "", "may be"],
  [/^function (addHeapObject|dropObject|takeObject)\(.*?^\}\n|^(?:function getObject|let heap_next)[^\n]*\n/gms, "", "may be"],
  [/^let heap = .*\nheap\..*\n/m, HEAP, "may be"],
  // Coders of UTF-8.
  [/^let cachedTextDecoder = .*?\n\}\n/ms, "", "may be"],
  [/^const cachedTextEncoder = new TextEncoder\(\);\n(\nif \(!\('encodeInto' in cachedTextEncoder\)\) \{.*?\n\}\n)?/ms, "", "may be"],
  [/return decodeText\(/, "return decoded(", "may be"],
  [/^function passStringToWasm0\(.*?\n\}\n/ms, PASS_STRING, "may be"],
  [/(passStringToWasm0\(\w+), wasm\.__wbindgen_malloc, wasm\.__wbindgen_realloc\)/g, "$1)", "may be"],
  [/(passArray8ToWasm0\(\w+), (?:wasm\.__wbindgen_)?malloc\)/g, "$1)", "may be"],
  [/const ptr = malloc\(arg\.length \* 1, 1\)/, "const ptr = wasm.__wbindgen_malloc(arg.length, 1)", "may be"],
  [/ [*/] 1\b/g, "", "may be"],
  // What is handed over, and what comes back.
  [/^ *try \{\n((?: *(?:ptr|len)\d = .*\n)+) *\} catch \(e\) \{\n(?: *if \(ptr\d\).*\n)+ *throw e;\n *\}\n/gm, "$1", "may be"],
  [/^( *)var (ptr\d+) = ret\[0\];\n *var (len\d+) = ret\[1\];\n *if \(ret\[3\]\) \{\n.*\n *(throw .*)\n *\}\n(.* = )\2;\n(.* = )\3;\n(.*)\2, \3/gm, "$1if (ret[3]) $4\n$5ret[0];\n$6ret[1];\n$7ret[0], ret[1]", "may be"],
  [/^ *let deferred\d+_0;\n *let deferred\d+_1;\n *try \{\n((?:(?!^ *try \{)[^])*?) *deferred\d+_0 = ret\[0\];\n.*\n( *return )getStringFromWasm0\(ret\[0\], ret\[1\]\);\n.*\n.*\n *\}\n/gm, "$1$2takeStringFromWasm0(ret);\n", "may be"],
  // Numbers, which the border makes of whatever they are.
  [/((?:^ *const val\d = \+\w+;\n)+)([^]*?wasm\.\w+\(.*\n)/gm, inPlace, "may be"],
];

/** Has values given as they are, not by names of their own. */
function inPlace(_, values, call) {
  const given = new Map(Array.from(values.matchAll(/(val\d) = \+(\w+);/g), ([, name, value]) => [name, value]));
  return call.replace(/\bval\d\b/g, (name) => given.get(name));
}

/** The glue as the package takes it. Its memory has that name, by which a module of another entry or version is told. */
export function lean(glue, memory) {
  let text = glue;
  for (const [from, to, isOptional] of CHANGES) {
    if (!isOptional && text.search(from) < 0) throw new Error(`the glue has no ${from} any more`);
    text = text.replace(from, to);
  }
  if (text.includes("takeStringFromWasm0")) text += TAKE_STRING;
  // A module that imports nothing, and one without classes, which know the instance that they are of.
  const imports = /^function __wbg_get_imports\(\) \{\s+const import0 = \{\s+__proto__: null,\s+\};.*?\n\}\n/ms;
  if (imports.test(text)) text = text.replace(imports, "").replace(", __wbg_get_imports()", "");
  if (!/\.__wbg_inst\b/.test(text)) text = text.replace(/^.*__wbg_instance_id.*\n/gm, "");
  text = text.replaceAll("wasm.memory", `wasm["${memory}"]`).replace("it is not memory", `it is not ${memory}`);
  return `import { decoded, encoder, isModule } from "./runtime.js";\n${text}`;
}
