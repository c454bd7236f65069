import type { Bridge, Glue } from "./bridge.js";
/** Something in the module's memory: until it is freed, or until a trap makes the module anew. */
export declare class Handle<H extends {
    free(): void;
}, G extends Glue = Glue> {
    #private;
    /** `name` and `remedy` tell what is gone, and what to do about it. */
    constructor(bridge: Bridge<G>, handle: H, name: string, remedy: readonly [hint: string, hintZh: string]);
    /** As the bridge calls. */
    use<T>(use: (handle: H, glue: G) => T, isSilent?: boolean): T;
    free(): void;
}
