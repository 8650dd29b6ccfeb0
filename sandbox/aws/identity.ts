import { ApiError } from "../cloud/cloud";
import { text } from "../values";
import { arnOf, awsId, type Types, typeOf } from "./names";

const json = (property: string, value: unknown): { property: string; reason: string }[] => {
  if (typeof value !== "string" || !/^[{[]/.test(value)) return [];
  try {
    JSON.parse(value);
    return [];
  } catch {
    return [{ property, reason: "contains an invalid JSON policy" }];
  }
};

/** Roles, what they may do, and how machines have them; and key pairs. */
export const IDENTITY: Types = {
  ...typeOf("aws:iam/role:Role", {
    kind: "role",
    defaults: { path: "/", maxSessionDuration: 3600, forceDetachPolicies: false },
    unread: ["forceDetachPolicies"],
    outputs: ["arn", "createDate", "tagsAll", "uniqueId"],
    references: {},
    check: ({ assumeRolePolicy }) => json("assumeRolePolicy", assumeRolePolicy),
    create(cloud, inputs) {
      const name = text(inputs, "name");
      if (cloud.has("role", name)) throw new ApiError("EntityAlreadyExists", `Role with name ${name} already exists.`);
      return {
        ...inputs,
        arn: arnOf(cloud, "iam", `role/${name}`),
        createDate: new Date().toISOString(),
        uniqueId: awsId("AROA").toUpperCase(),
        tagsAll: inputs.tags ?? {},
        id: name,
      };
    },
    remove(cloud, { id }) {
      if (cloud.store.list("rolePolicy").some((each) => each.role === id))
        throw new ApiError("DeleteConflict", "Cannot delete entity, must delete policies first.");
      if (cloud.store.list("instanceProfile").some((each) => each.role === id))
        throw new ApiError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.");
    },
  }),

  ...typeOf("aws:iam/rolePolicy:RolePolicy", {
    kind: "rolePolicy",
    outputs: [],
    references: { role: "role" },
    check: ({ policy }) => json("policy", policy),
    create: (_cloud, inputs) => ({ ...inputs, id: `${text(inputs, "role")}:${text(inputs, "name")}` }),
  }),

  ...typeOf("aws:iam/instanceProfile:InstanceProfile", {
    kind: "instanceProfile",
    defaults: { path: "/" },
    outputs: ["arn", "createDate", "tagsAll", "uniqueId"],
    references: { role: "role" },
    create(cloud, inputs) {
      const name = text(inputs, "name");
      if (cloud.has("instanceProfile", name)) throw new ApiError("EntityAlreadyExists", `Instance Profile ${name} already exists.`);
      return {
        ...inputs,
        arn: arnOf(cloud, "iam", `instance-profile/${name}`),
        createDate: new Date().toISOString(),
        uniqueId: awsId("AIPA").toUpperCase(),
        tagsAll: inputs.tags ?? {},
        id: name,
      };
    },
  }),

  ...typeOf("aws:ec2/keyPair:KeyPair", {
    kind: "keyPair",
    unread: ["publicKey"],
    outputs: ["arn", "fingerprint", "keyPairId", "keyType", "tagsAll"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "keyName");
      if (cloud.has("keyPair", name)) throw new ApiError("InvalidKeyPair.Duplicate", `The keypair already exists`);
      const [type = ""] = text(inputs, "publicKey").split(" ");
      if (!["ssh-rsa", "ssh-ed25519"].includes(type))
        throw new ApiError("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
      return {
        ...inputs,
        keyPairId: awsId("key"),
        keyType: type.slice("ssh-".length),
        arn: arnOf(cloud, "ec2", `key-pair/${name}`),
        fingerprint: "",
        tagsAll: inputs.tags ?? {},
        id: name,
      };
    },
  }),
};
