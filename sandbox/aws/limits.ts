import type { Properties } from "../../plugin/rpc/provider";
import { awsLimits, reservedBeginnings } from "../../providers/aws/names";
import { ApiError } from "../cloud/cloud";
import { isMap, text } from "../values";

/** Refuses what a service's API refuses before it looks at anything else: names, descriptions and tags beyond its limits. */
export function refuseBeyondLimits(kind: string, inputs: Properties): void {
  refuseTags(inputs);
  const name = text(inputs, "name");
  if (kind === "loadBalancer" || kind === "targetGroup") {
    const { max } = awsLimits.balancer;
    if (!/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name) || name.length > max)
      throw new ApiError(
        "ValidationError",
        `The name '${name}' must have at most ${max} letters, digits and hyphens, and begin and end with none`,
      );
    if (kind === "loadBalancer" && name.startsWith(reservedBeginnings[0] ?? ""))
      throw new ApiError("ValidationError", `The load balancer name '${name}' cannot begin with 'internal-'`);
  }
  if (kind === "securityGroup") {
    refuseText("GroupName", name, awsLimits.securityGroup);
    if (/^sg-/i.test(name))
      throw new ApiError(
        "InvalidParameterValue",
        `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
      );
  }
  if (kind === "securityGroup" || kind === "securityGroupRule")
    refuseText("GroupDescription", text(inputs, "description"), awsLimits.description);
  if (kind === "role") refuseText("roleName", name, awsLimits.role);
  if (kind === "instanceProfile") refuseText("instanceProfileName", name, awsLimits.profile);
}

function refuseText(parameter: string, value: string, { max, charset }: { readonly max: number; readonly charset: string }): void {
  if (value === "" || new RegExp(`^[${charset}]{1,${max}}$`).test(value)) return;
  throw new ApiError(
    "InvalidParameterValue",
    `Invalid value '${value}' for ${parameter}. Constraints: up to ${max} characters of ${charset}`,
  );
}

function refuseTags(inputs: Properties): void {
  const tags = isMap(inputs.tags) ? inputs.tags : {};
  const { key: longest, value: longestValue, items, charset } = awsLimits.tag;
  if (Object.keys(tags).length > items) throw new ApiError("TagLimitExceeded", `The maximum number of tags is ${items}.`);
  const allowed = new RegExp(`^[${charset}]*$`, "u");
  for (const [key, value] of Object.entries(tags)) {
    if (key === "" || key.length > longest || !allowed.test(key) || /^aws:/i.test(key))
      throw new ApiError(
        "InvalidParameterValue",
        `Tag key '${key}' is invalid: up to ${longest} characters, and none that begins with aws:`,
      );
    if (typeof value !== "string" || value.length > longestValue || !allowed.test(value))
      throw new ApiError("InvalidParameterValue", `Tag value of '${key}' is invalid: up to ${longestValue} characters`);
  }
}
