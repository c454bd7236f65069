/** A runtime that takes the condition `workerd` gives the compiled module. */
declare module "*.wasm" {
  const module: object;
  export default module;
}
