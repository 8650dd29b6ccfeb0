import { createHash, randomBytes } from "node:crypto";
import type { Cloud } from "../cloud/cloud";
import type { ResourceType } from "../cloud/type";
import { awsFields } from "./fields";

/** The lists of world.json: what exists in the simulated AWS although nobody created it there. */
export type List = "images" | "instanceTypes" | "zones" | "keyPairs" | "vpcs" | "subnets" | "elasticIps" | "crowded";

/** What a quota can be set on. */
export type Quota = "processors" | "addresses" | "vpcs" | "balancers" | "rules" | "volumes";

/** The simulated AWS at work. */
export type Aws = Cloud<List, Quota>;

/** Its resource types by token. */
export type Types = Readonly<Record<string, ResourceType<Aws>>>;

/** The account there is. */
export const ACCOUNT = "123456789012";

/** A new id, as `vpc-0123456789abcdef0`. */
export function awsId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString("hex")}`;
}

/** An id that follows from a name, for what exists from the start. */
export function idOfName(prefix: string, name: string): string {
  return name.startsWith(`${prefix}-`) ? name : `${prefix}-0${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}

/** An object's name in all of AWS. */
export function arnOf(cloud: Aws, service: string, what: string): string {
  return `arn:aws:${service}:${service === "iam" ? "" : cloud.region}:${ACCOUNT}:${what}`;
}

/** A type with its inputs from the table. */
export function typeOf(token: string, type: Omit<ResourceType<Aws>, "fields">): Types {
  return { [token]: { ...type, fields: awsFields(token) } };
}
