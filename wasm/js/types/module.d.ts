/** The compiled WebAssembly module. */
declare const module: object;
export default module;
