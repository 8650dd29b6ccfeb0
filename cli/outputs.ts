import { isFields } from "../model/data";

/** Stands where a secret would. */
const MASK = "[secret]";

/** The only fields of a credential that are shown. */
const OPEN_FIELDS: ReadonlySet<string> = new Set(["user", "username", "where", "url", "host", "realm", "namespace", "database"]);

/** Outputs with the kubeconfig and every credential masked, whatever the engine has masked before. */
export function maskSecrets(outputs: unknown): unknown {
  if (!isFields(outputs)) return outputs;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      if (name === "kubeconfig") return [name, value === undefined ? undefined : MASK];
      if (name === "credentials" || name === "ssh") return [name, maskCredential(value)];
      return [name, value];
    }),
  );
}

function maskCredential(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskCredential);
  if (!isFields(value)) return value === undefined || value === null ? value : MASK;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      OPEN_FIELDS.has(name) && typeof field === "string" ? field : maskCredential(field),
    ]),
  );
}
