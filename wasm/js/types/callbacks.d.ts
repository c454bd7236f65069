/** That these are options whose functions can be called and whose signal can be listened to: said before anything is sent. */
export declare function checkCallbacks<T extends object>(options: T, functions: readonly (keyof T & string)[]): void;
