import { ImgferryError } from "./error.js";
/** What the whole module throws, as a real error: a record as JSON text. All else comes of handles that are not good any more. */
export declare function errorOf(thrown: unknown): ImgferryError;
