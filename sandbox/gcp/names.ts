import type { Properties } from "../../plugin/rpc/provider";
import { ApiError, type Cloud } from "../cloud/cloud";
import type { ResourceType } from "../cloud/type";
import type { Stored } from "../store";
import { text } from "../values";
import { gcpFields } from "./fields";

/** The lists of world.json: what exists in the simulated GCP although nobody created it there. */
export type List = "images" | "machineTypes" | "zones" | "networks" | "subnetworks" | "nats" | "addresses" | "crowded";

/** What a quota can be set on. */
export type Quota =
  | ("processors" | "addresses" | "networks" | "firewalls" | "disks")
  | ("e2" | "n2" | "n2d" | "t2d" | "c2d" | "c3")
  | ("ssd" | "standard" | "hyperdisk");

/** The simulated GCP at work. */
export type Gcp = Cloud<List, Quota>;

/** Its resource types by token. */
export type Types = Readonly<Record<string, ResourceType<Gcp>>>;

const LINK = "https://www.googleapis.com/compute/v1/";

/** The whole link to an object of Compute Engine. */
export function linkOf(id: string): string {
  return `${LINK}${id}`;
}

/** The id that a link, or part of one, is to. */
export function idOf(link: string): string {
  return link.replace(/^.*?(projects\/)/, "$1");
}

/** Where an object lies and what it is called. */
export function placed(
  inputs: Properties,
  place: "global" | "regions" | "zones",
  kind: string,
): { readonly id: string; readonly selfLink: string } {
  const where = place === "global" ? "global" : `${place}/${text(inputs, place === "regions" ? "region" : "zone")}`;
  const id = `projects/${text(inputs, "project")}/${where}/${kind}/${text(inputs, "name")}`;
  return { id, selfLink: linkOf(id) };
}

/** The object that a link is to; refused where there is none. */
export function linked(cloud: Gcp, kind: string, link: string): Stored {
  return cloud.find(kind, idOf(link));
}

/** An object as it is stored, with what every one of them has computed. Refuses a second one of a name. */
export function made(cloud: Gcp, kind: string, inputs: Properties, where: { readonly id: string; readonly selfLink?: string }): Stored {
  if (cloud.has(kind, where.id)) throw new ApiError("Error 409", `The resource '${where.id}' already exists, alreadyExists`);
  return { ...inputs, creationTimestamp: new Date().toISOString(), ...labelled(inputs), ...where };
}

/** What is computed of labels. */
export function labelled(inputs: Properties): Properties {
  return "labels" in inputs ? { pulumiLabels: inputs.labels, effectiveLabels: inputs.labels } : {};
}

/** What the API answers where something is still on an object. */
export function inUse(id: string, by: string): ApiError {
  return new ApiError("Error 400", `The ${id} resource is already being used by '${by}', resourceInUseByAnotherResource`);
}

/** A type with its inputs from the table. */
export function typeOf(token: string, type: Omit<ResourceType<Gcp>, "fields">): Types {
  return { [token]: { ...type, fields: gcpFields(token) } };
}
