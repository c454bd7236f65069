// A page: the address of the simulator stands in the fragment of its own.
import { replicate } from "./replicate.js";

globalThis.outcome = replicate(decodeURIComponent(location.hash.slice(1)));
