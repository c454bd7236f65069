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
/** What is kept in the module by a number. */
export interface Kept {
    readonly number: number;
    free(): void;
}
export interface KeepingGlue extends Glue {
    release(number: number): void;
}
/** A handle to what `make` has the module keep under a number that it is given. */
export declare function keep<G extends KeepingGlue>(bridge: Bridge<G>, name: string, remedy: readonly [hint: string, hintZh: string], make: (number: number) => void): Handle<Kept, G>;
