import { isFields } from "../data";

/** Shown for a value that is only known after the operation. */
export const UNKNOWN_WORD = "[unknown]";

/** Shown for a secret. */
export const SECRET_WORD = "[secret]";

/** What stands for a value that is not shown. */
export const WORDS: readonly string[] = [UNKNOWN_WORD, SECRET_WORD];

/** Names of properties that hold a secret, whether the engine was told so or not. The name of a Secret or of a key in it is none. */
const SECRET_NAME =
  /(password|passwd|passphrase|(?<!existing|pull|tls)secret|(?<!mount.*)token|private_?key|api_?key|(?<!public.*)access_?key|kubeconfig|user_?data)$/i;

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Whether a property of that name holds a secret. */
export function isSecretName(name: unknown): boolean {
  return typeof name === "string" && SECRET_NAME.test(name);
}

/**
 * The value without its secrets: by the engine's marks, which are words by now, by the names of properties, and by the look of a private key
 * or of a log-in in a URL.
 */
export function withoutSecrets(value: unknown, name?: string): unknown {
  if (typeof value === "string") {
    if (value === SECRET_WORD || value === UNKNOWN_WORD) return value;
    if (isSecretName(name) || PRIVATE_KEY.test(value)) return SECRET_WORD;
    return value.replace(/(?<=:\/\/)[^/\s:@]+:[^/\s@]+(?=@)/g, SECRET_WORD);
  }
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, name));
  if (!isFields(value)) return value;
  const { name: own } = value;
  // An environment variable of a container names itself beside its value.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, key === "value" && isSecretName(own) ? String(own) : key)]),
  );
}

/** Every leaf of a value as a secret. */
export function allSecret(value: unknown): unknown {
  if (value === undefined || value === UNKNOWN_WORD) return value;
  if (Array.isArray(value)) return value.map(allSecret);
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, allSecret(item)]));
  return SECRET_WORD;
}
