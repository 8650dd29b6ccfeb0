import { randomUUID } from "node:crypto";
import { ApiError, type Cloud, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { ResourceType } from "../cloud/type";
import type { Stored } from "../store";
import { text } from "../values";

/** An OpenBao at work. Nothing is in it that nobody made, and it has no quotas. */
export type Server = Cloud<never, never>;

type Inputs = Readonly<Record<string, unknown>>;
type Types = Readonly<Record<string, ResourceType<Server>>>;

/** What the tokens of a role's log-in are. */
const TOKEN_FIELDS = `tokenBoundCidrs:l tokenExplicitMaxTtl:n tokenMaxTtl:n tokenNoDefaultPolicy:b tokenNumUses:n tokenPeriod:n tokenPolicies:l
  tokenTtl:n tokenType aliasMetadata:m namespace*`;

/** The resource types that a server's inside is made of, by token. Fields are those of the provider's schema. */
export const TYPES: Types = {
  "vault:index/mount:Mount": {
    kind: "mount",
    fields: fieldsOf(
      `path! type!* description defaultLeaseTtlSeconds~:n maxLeaseTtlSeconds~:n forceNoCache~:b auditNonHmacRequestKeys~:l
       auditNonHmacResponseKeys~:l listingVisibility passthroughRequestHeaders:l allowedResponseHeaders:l pluginVersion allowedManagedKeys:l
       delegatedAuthAccessors:l identityTokenKey options:m sealWrap*~:b externalEntropyAccess*:b local*:b namespace*`,
    ),
    defaults: { externalEntropyAccess: false },
    outputs: ["accessor"],
    references: {},
    create: (server, inputs) => mounted(server, "mount", inputs, "sys/mounts"),
  },

  "vault:index/authBackend:AuthBackend": {
    kind: "auth",
    fields: fieldsOf("type!* path~ description local*:b identityTokenKey disableRemount:b tune~:m namespace*"),
    defaults: { disableRemount: false },
    outputs: ["accessor"],
    references: {},
    create: (server, inputs) => mounted(server, "auth", { path: inputs.type, ...inputs }, "sys/auth"),
    remove(server, { id }) {
      for (const kind of ["kubernetesConfig", "kubernetesRole", "appRole", "secretId"])
        for (const each of server.store.list(kind)) if (each.backend === id) server.store.delete(kind, each.id);
    },
  },

  "vault:index/policy:Policy": {
    kind: "policy",
    fields: fieldsOf("name!* policy! namespace*"),
    outputs: [],
    references: {},
    check({ policy }) {
      return typeof policy === "string" && !/[{}]/.test(policy) && policy.trim() !== ""
        ? [{ property: "policy", reason: "failed to parse policy" }]
        : [];
    },
    create(_server, inputs) {
      const name = text(inputs, "name");
      if (name === "root") throw refused("PUT", `sys/policies/acl/${name}`, 400, 'cannot update "root" policy');
      return upserted(inputs, name);
    },
  },

  "vault:kubernetes/authBackendConfig:AuthBackendConfig": {
    kind: "kubernetesConfig",
    fields: fieldsOf(
      `backend* kubernetesHost! kubernetesCaCert~ tokenReviewerJwt tokenReviewerJwtWo tokenReviewerJwtWoVersion:n pemKeys:l issuer
       disableIssValidation~:b disableLocalCaJwt~:b useAnnotationsAsAliasMetadata~:b namespace*`,
    ),
    defaults: { backend: "kubernetes" },
    secrets: ["tokenReviewerJwt", "tokenReviewerJwtWo"],
    outputs: [],
    references: {},
    create: (server, inputs) => upserted(inputs, within(server, inputs, "config")),
  },

  "vault:kubernetes/authBackendRole:AuthBackendRole": {
    kind: "kubernetesRole",
    fields: fieldsOf(
      `roleName!* backend* boundServiceAccountNames!:l boundServiceAccountNamespaces:l boundServiceAccountNamespaceSelector audience
       aliasNameSource~ ${TOKEN_FIELDS}`,
    ),
    defaults: { backend: "kubernetes" },
    sets: ["boundServiceAccountNames", "boundServiceAccountNamespaces", "tokenPolicies", "tokenBoundCidrs"],
    outputs: [],
    references: {},
    create: (server, inputs) => upserted(inputs, within(server, inputs, `role/${text(inputs, "roleName")}`)),
  },

  "vault:appRole/authBackendRole:AuthBackendRole": {
    kind: "appRole",
    fields: fieldsOf(
      `roleName!* backend* roleId~ bindSecretId:b secretIdBoundCidrs:l secretIdNumUses:n secretIdTtl:n localSecretIds:b ${TOKEN_FIELDS}`,
    ),
    defaults: { backend: "approle", bindSecretId: true, localSecretIds: false },
    sets: ["secretIdBoundCidrs", "tokenPolicies", "tokenBoundCidrs"],
    outputs: [],
    references: {},
    create(server, inputs) {
      const id = within(server, inputs, `role/${text(inputs, "roleName")}`);
      return upserted({ roleId: randomUUID(), ...inputs }, id);
    },
    remove(server, { backend, roleName }) {
      for (const each of server.store.list("secretId"))
        if (each.backend === backend && each.roleName === roleName) server.store.delete("secretId", each.id);
    },
  },

  "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": {
    kind: "secretId",
    fields: fieldsOf(
      `roleName!* backend* secretId*~ cidrLists*:l tokenBoundCidrs*:l metadata* ttl*:n numUses*:n withWrappedAccessor*:b wrappingTtl*
       namespace*`,
    ),
    defaults: { backend: "approle" },
    sets: ["cidrLists", "tokenBoundCidrs"],
    secrets: ["secretId", "wrappingToken"],
    outputs: ["accessor", "wrappingAccessor", "wrappingToken"],
    references: {},
    create(server, inputs) {
      const role = text(inputs, "roleName");
      const path = within(server, inputs, `role/${role}`);
      if (server.store.get("appRole", path) === undefined) throw refused("PUT", `${path}/secret-id`, 500, `role "${role}" does not exist`);
      const accessor = newId();
      const id = `backend=${text(inputs, "backend")}::role=${role}::accessor=${accessor}`;
      return { secretId: randomUUID(), ...inputs, accessor, id, made: server.now().toISOString() };
    },
    until({ made, ttl }) {
      return typeof ttl === "number" && ttl > 0 ? new Date(Date.parse(String(made)) + ttl * 1000) : undefined;
    },
    // Of an accessor that it does not know OpenBao says 500, and the provider no more than this.
    gone: (id) => `error deleting AppRole auth backend role SecretID "${id}"`,
  },
};

/** What OpenBao answers, as the provider hands it on. */
export function refused(method: string, path: string, code: number, reason: string): ApiError {
  return new ApiError(
    "error writing to Vault",
    `Error making API request.\n\nURL: ${method} /v1/${path}\nCode: ${code}. Errors:\n\n* ${reason}`,
  );
}

/** Something at a path that nothing is at yet. */
function mounted(server: Server, kind: string, inputs: Inputs, at: string): Stored {
  const path = text(inputs, "path").replace(/^\/+|\/+$/g, "");
  if (server.store.get(kind, path)) throw refused("POST", `${at}/${path}`, 400, `path is already in use at ${path}/`);
  return { ...inputs, path, id: path, accessor: `${text(inputs, "type")}_${newId().slice(0, 8)}` };
}

/** What is written over whatever is there: OpenBao refuses no second one. */
function upserted(inputs: Inputs, id: string): Stored {
  return { ...inputs, id };
}

/** A path below a log-in that is there. */
function within(server: Server, inputs: Inputs, below: string): string {
  const backend = text(inputs, "backend");
  const path = `auth/${backend}/${below}`;
  if (server.store.get("auth", backend) === undefined)
    throw refused("PUT", path, 404, `no handler for route "${path}". route entry not found.`);
  return path;
}
