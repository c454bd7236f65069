// Node, Deno and Bun: the script is given the address of the simulator.
import { replicate } from "./replicate.js";

console.log(JSON.stringify(await replicate(process.argv.at(-1))));
