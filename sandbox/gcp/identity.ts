import { ApiError } from "../cloud/cloud";
import { isMap, text, texts } from "../values";
import { type Types, typeOf } from "./names";

/** Service accounts, and what they may do. */
export const IDENTITY: Types = {
  ...typeOf("gcp:serviceaccount/account:Account", {
    kind: "account",
    unread: ["createIgnoreAlreadyExists", "deletionPolicy"],
    outputs: ["email", "member", "name", "uniqueId"],
    references: {},
    create(cloud, inputs) {
      const [project, accountId] = [text(inputs, "project"), text(inputs, "accountId")];
      const email = `${accountId}@${project}.iam.gserviceaccount.com`;
      const id = `projects/${project}/serviceAccounts/${email}`;
      if (cloud.has("account", id))
        throw new ApiError("Error 409", `Service account ${accountId} already exists within project ${id}., alreadyExists`);
      return { ...inputs, email, member: `serviceAccount:${email}`, name: id, uniqueId: String(Math.floor(Math.random() * 1e15)), id };
    },
  }),

  ...typeOf("gcp:projects/iAMCustomRole:IAMCustomRole", {
    kind: "role",
    defaults: { stage: "GA" },
    oneOf: { stage: ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"] },
    sets: ["permissions"],
    unread: ["deletionPolicy"],
    outputs: ["deleted", "name"],
    references: {},
    create(cloud, inputs) {
      const id = `projects/${text(inputs, "project")}/roles/${text(inputs, "roleId")}`;
      if (cloud.has("role", id)) throw new ApiError("Error 409", `Custom project role ${id} already exists and must be imported`);
      for (const permission of texts(inputs, "permissions"))
        if (!/^[a-z]+\.[A-Za-z]+\.[A-Za-z]+$/.test(permission))
          throw new ApiError("Error 400", `Permission ${permission} is not valid., badRequest`);
      return { ...inputs, deleted: false, name: id, id };
    },
  }),

  ...typeOf("gcp:projects/iAMMember:IAMMember", {
    kind: "projectMember",
    outputs: ["etag"],
    references: { role: "role" },
    create(cloud, inputs) {
      refuseMember(cloud, text(inputs, "member"));
      const { condition } = inputs;
      if (
        isMap(condition) &&
        (text(condition, "title") === "" || text(condition, "title").length > 100 || text(condition, "expression") === "")
      )
        throw new ApiError(
          "Error 400",
          "Invalid argument: a condition has a title of at most 100 characters, and an expression., badRequest",
        );
      const parts = ["project", "role", "member"].map((key) => text(inputs, key));
      return { ...inputs, etag: "", id: [...parts, ...(isMap(condition) ? [text(condition, "title")] : [])].join("/") };
    },
  }),

  ...typeOf("gcp:serviceaccount/iAMMember:IAMMember", {
    kind: "accountMember",
    outputs: ["etag"],
    references: { serviceAccountId: "account" },
    create(cloud, inputs) {
      refuseMember(cloud, text(inputs, "member"));
      return { ...inputs, etag: "", id: ["serviceAccountId", "role", "member"].map((key) => text(inputs, key)).join("/") };
    },
  }),
};

function refuseMember(cloud: { readonly store: { list(kind: string): readonly object[] } }, member: string): void {
  if (!cloud.store.list("account").some((each) => Reflect.get(each, "member") === member))
    throw new ApiError("Error 400", `Service account ${member.replace(/^serviceAccount:/, "")} does not exist., badRequest`);
}
