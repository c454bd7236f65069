/** That the functions of these options can be called, and their signal be listened to: said before anything is sent. */
export declare function checkCallbacks(options: object, ...names: readonly string[]): void;
