import { UNKNOWN } from "../../plugin/rpc/provider";
import { type FieldError, unsupported } from "./schema";
import { type Fields, fields, list, namespaceOf } from "./values";

/** RBAC's own API group. */
export const RBAC_GROUP = "rbac.authorization.k8s.io";

/** The rules of a Role or ClusterRole. */
export function policyRules(object: Fields): FieldError[] {
  return list(object.rules).flatMap((entry, index) => {
    const rule = fields(entry);
    const path = `rules[${index}]`;
    if (rule.verbs !== UNKNOWN && list(rule.verbs).length === 0)
      return [{ path: `${path}.verbs`, reason: "Required value: verbs must contain at least one value" }];
    if (rule.nonResourceURLs !== undefined) {
      return object.kind === "Role"
        ? [{ path: `${path}.nonResourceURLs`, reason: "Invalid value: namespaced rules cannot apply to non-resource URLs" }]
        : [];
    }
    const missing = ["apiGroups", "resources"].filter((key) => rule[key] !== UNKNOWN && list(rule[key]).length === 0);
    return missing.map((key) => ({ path: `${path}.${key}`, reason: "Required value: resource rules must supply at least one value" }));
  });
}

/** The role and subjects of a RoleBinding or ClusterRoleBinding. */
export function binding(object: Fields): FieldError[] {
  const roleRef = fields(object.roleRef);
  const errors: FieldError[] = [];
  const kinds = object.kind === "ClusterRoleBinding" ? ["ClusterRole"] : ["Role", "ClusterRole"];
  const known = (value: unknown): value is string => typeof value === "string" && value !== UNKNOWN;
  if (known(roleRef.apiGroup) && roleRef.apiGroup !== RBAC_GROUP)
    errors.push(unsupported("roleRef.apiGroup", roleRef.apiGroup, [RBAC_GROUP]));
  if (known(roleRef.kind) && !kinds.includes(roleRef.kind)) errors.push(unsupported("roleRef.kind", roleRef.kind, kinds));
  list(object.subjects).forEach((entry, index) => {
    const subject = fields(entry);
    const path = `subjects[${index}]`;
    const subjectKinds = ["ServiceAccount", "User", "Group"];
    if (known(subject.kind) && !subjectKinds.includes(subject.kind)) errors.push(unsupported(`${path}.kind`, subject.kind, subjectKinds));
    const ownNamespace = object.kind === "RoleBinding" && namespaceOf(object) !== "";
    if (subject.kind === "ServiceAccount" && subject.namespace === undefined && !ownNamespace) {
      errors.push({ path: `${path}.namespace`, reason: "Required value" });
    }
  });
  return errors;
}
