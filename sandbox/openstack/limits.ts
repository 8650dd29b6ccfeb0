import type { Properties } from "../../plugin/rpc/provider";
import { openstackLimits } from "../../providers/openstack/names";
import { ApiError } from "../cloud/cloud";
import { isMap, maps, text, texts } from "../values";

/** Refuses what a service's API refuses before it looks at anything else: names, metadata, tags and lists beyond its limits. */
export function refuseBeyondLimits(kind: string, inputs: Properties): void {
  refuseTexts(kind, inputs);
  if (kind === "instance") refuseMetadata(inputs, openstackLimits.serverMetadata.key);
  if (kind === "volume") refuseMetadata(inputs, openstackLimits.volumeMetadata.key);
  refuseTags(texts(inputs, "tags"));
  const resolvers = texts(inputs, "dnsNameservers").length;
  if (resolvers > openstackLimits.resolvers)
    throw new ApiError(
      400,
      `Invalid input for dns_nameservers. Reason: the number of DNS nameservers exceeds the limit ${openstackLimits.resolvers}.`,
    );
  const pairs = maps(inputs, "allowedAddressPairs").length;
  if (pairs > openstackLimits.addressPairs)
    throw new ApiError(400, `The number of allowed address pair exceeds the maximum ${openstackLimits.addressPairs}.`);
}

/** What nova keeps; its names have no blanks at their ends. */
const ofNova: readonly string[] = ["instance", "keypair", "serverGroup"];

function refuseTexts(kind: string, inputs: Properties): void {
  for (const field of ["name", "description"]) {
    const value = text(inputs, field);
    if (value.length > openstackLimits.text)
      throw new ApiError(400, `Invalid input for ${field}. Reason: '${value}' exceeds maximum length of ${openstackLimits.text}.`);
    if (field === "name" && ofNova.includes(kind) && value.trim() !== value)
      throw new ApiError(400, `Invalid input for field/attribute name. Value: ${value}. Leading or trailing spaces are not allowed.`);
  }
}

function refuseMetadata(inputs: Properties, characters: string): void {
  const metadata = isMap(inputs.metadata) ? inputs.metadata : {};
  const keys = Object.keys(metadata);
  const allowed = new RegExp(`^[${characters}]{1,${openstackLimits.text}}$`);
  for (const key of keys) {
    if (!allowed.test(key))
      throw new ApiError(
        400,
        `Invalid input for field/attribute metadata. Additional properties are not allowed ('${key}' was unexpected).`,
      );
    const value = metadata[key];
    if (typeof value !== "string" || value.length > openstackLimits.text)
      throw new ApiError(
        400,
        `Invalid input for field/attribute ${key}. The value must be a text of at most ${openstackLimits.text} characters.`,
      );
  }
  if (keys.length > openstackLimits.serverMetadata.items)
    throw new ApiError(403, `Maximum number of metadata items exceeds ${openstackLimits.serverMetadata.items}.`);
}

function refuseTags(tags: readonly string[]): void {
  const long = tags.find((tag) => tag === "" || tag.length > openstackLimits.tag.newest);
  if (long !== undefined)
    throw new ApiError(400, `Invalid input for tags. Reason: '${long}' exceeds maximum length of ${openstackLimits.tag.newest}.`);
  if (new Set(tags.map((tag) => tag.toLowerCase())).size < tags.length)
    throw new ApiError(400, "Invalid input for tags. Reason: Duplicate items in the list.");
  if (tags.length > openstackLimits.tag.items)
    throw new ApiError(400, `The number of tags exceed the per-resource limit of ${openstackLimits.tag.items}.`);
}
