/** Sent with every answer: it is data, and nothing that a browser runs, keeps or shows in a frame. */
export const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Sent where the service itself speaks TLS. */
export const overTls: Readonly<Record<string, string>> = { "strict-transport-security": "max-age=31536000" };
