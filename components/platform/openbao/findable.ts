import { type Findable, textOf } from "../../../model/findable";

/** It is written over what is there. Of a secret id that nobody was told nobody has any use, until it ends. */
const AGAIN: Findable = { how: "id", id: () => "" };

/** A second engine, or a second log-in, is refused at the path of one that is there: a creation that is open was ours. */
export const FINDABLE: Readonly<Record<string, Findable>> = {
  "vault:index/mount:Mount": { how: "id", id: ({ path }) => textOf(path) },
  "vault:index/authBackend:AuthBackend": { how: "id", id: ({ path, type }) => textOf(path) || textOf(type) },
  "vault:index/policy:Policy": AGAIN,
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": AGAIN,
  "vault:kubernetes/authBackendRole:AuthBackendRole": AGAIN,
  "vault:appRole/authBackendRole:AuthBackendRole": AGAIN,
  "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": AGAIN,
};
