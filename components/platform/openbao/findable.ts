import { type Findable, textOf, type Values } from "../../../model/findable";

/** It is written over what is there. Of a secret id that nobody was told nobody has any use, until it ends. */
const AGAIN: Findable = { how: "id", id: () => "" };
const again = (id: (inputs: Values) => string): Findable => ({ how: "id", id: () => "", standing: { how: "id", id } });
const role = again(({ backend, roleName }) => `auth/${textOf(backend)}/role/${textOf(roleName)}`);

/** A second engine, or a second log-in, is refused at the path of one that is there: a creation that is open was ours. */
export const FINDABLE: Readonly<Record<string, Findable>> = {
  "vault:index/mount:Mount": { how: "id", id: ({ path }) => textOf(path) },
  "vault:index/authBackend:AuthBackend": { how: "id", id: ({ path, type }) => textOf(path) || textOf(type) },
  "vault:index/policy:Policy": again(({ name }) => textOf(name)),
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": again(({ backend }) => `auth/${textOf(backend)}/config`),
  "vault:kubernetes/authBackendRole:AuthBackendRole": role,
  "vault:appRole/authBackendRole:AuthBackendRole": role,
  "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": AGAIN,
};
