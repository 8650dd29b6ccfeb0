/** Name of the platform's cluster issuer. */
export const PLATFORM_ISSUER = "platform";
