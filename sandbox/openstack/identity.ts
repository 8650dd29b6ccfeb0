import { randomBytes } from "node:crypto";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import { text, texts } from "../values";
import type { Types } from "./names";
import { PROJECT } from "./project";

/** Logins that are made for programs. */
export const IDENTITY: Types = {
  "openstack:identity/applicationCredential:ApplicationCredential": {
    kind: "applicationCredential",
    fields: fieldsOf("name~* description* unrestricted*:b secret~* roles~*:l accessRules*:l(id,method,path,service) expiresAt* region~*"),
    defaults: { unrestricted: false },
    sets: ["roles", "accessRules"],
    secrets: ["secret"],
    outputs: ["projectId"],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "name");
      if (cloud.store.list("applicationCredential").some((one) => one.name === name))
        throw new ApiError(409, `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${name}.`);
      const has = cloud.existing("roles");
      if (texts(inputs, "roles").some((role) => !has.includes(role)))
        throw new ApiError(400, "Invalid application credential: Cannot create an application credential with unassigned role");
      const { secret: given } = inputs;
      return {
        roles: has,
        ...inputs,
        secret: given ?? randomBytes(64).toString("base64url"),
        projectId: PROJECT,
        id: newId().replaceAll("-", ""),
      };
    },
  },
};
