import type { Properties } from "../../plugin/rpc/provider";
import { text } from "../values";
import { holderOf } from "./compute";
import { tokenOf } from "./manager";
import { type Azure, groupId, SUBSCRIPTION } from "./names";
import { CLIENT } from "./networking";
import { AzureTypes } from "./types";

type Lookup = (cloud: Azure, args: Properties) => Properties;

/** A lookup by the names that an object was made with. */
function byNames(kind: string): Lookup {
  return (cloud, args) => {
    const wanted = Object.entries(args).filter(([, value]) => value !== undefined);
    const found = cloud.store.list(kind).find((object) => wanted.every(([key, value]) => object[key] === value));
    if (found !== undefined) return { ...found };
    throw new Error(
      `Status=404 Code="ResourceNotFound" Message="The resource of the kind ${kind} with ${JSON.stringify(args)} was not found."`,
    );
  };
}

const OWN: Readonly<Record<string, Lookup>> = Object.fromEntries(
  Object.entries(AzureTypes).map(([token, { kind }]) => [token.replace(/:(?=[A-Z])/, ":get"), byNames(kind)]),
);

/** With what was there before. */
function orBefore(token: string, kind: string, id: (args: Properties) => string): Readonly<Record<string, Lookup>> {
  return {
    [token]: (cloud, args) => {
      const before = cloud.store.get(kind, id(args)) ?? (cloud.has(kind, id(args)) ? cloud.find(kind, id(args)) : undefined);
      return before === undefined ? (OWN[token]?.(cloud, args) ?? {}) : { ...before };
    },
  };
}

const network = (args: Properties): string =>
  `${groupId(text(args, "resourceGroupName"))}/providers/Microsoft.Network/virtualNetworks/${text(args, "virtualNetworkName")}`;

/** An image that has an id of its own. */
function image(path: (args: Properties) => string): Lookup {
  return (cloud, args) => {
    const end = `/resourceGroups/${text(args, "resourceGroupName")}/providers/Microsoft.Compute/${path(args)}`.toLowerCase();
    const id = cloud.existing("images").find((each) => each.toLowerCase().endsWith(end));
    if (id === undefined) throw new Error(`Status=404 Code="ResourceNotFound" Message="The Resource '${end}' was not found."`);
    return { id, hyperVGeneration: "V2" };
  };
}

/** The lookups that infrastructures, and whoever looks for what was lost, call. */
export const LOOKUPS: Readonly<Record<string, (cloud: Azure, args: Properties) => Properties | Promise<Properties>>> = {
  ...OWN,
  ...orBefore("azure-native:resources:getResourceGroup", "resourceGroup", (args) => groupId(text(args, "resourceGroupName"))),
  ...orBefore("azure-native:network:getVirtualNetwork", "virtualNetwork", network),
  ...orBefore("azure-native:network:getSubnet", "subnet", (args) => `${network(args)}/subnets/${text(args, "subnetName")}`),
  ...orBefore(
    "azure-native:network:getPublicIPAddress",
    "publicIp",
    (args) =>
      `${groupId(text(args, "resourceGroupName"))}/providers/Microsoft.Network/publicIPAddresses/${text(args, "publicIpAddressName")}`,
  ),
  "azure-native:compute:getDisk": (cloud, args) => {
    const disk = byNames("disk")(cloud, args);
    return { ...disk, managedBy: holderOf(cloud, text(disk, "id")) ?? "" };
  },
  "azure-native:compute:getImage": image((args) => `images/${text(args, "imageName")}`),
  "azure-native:compute:getGalleryImageVersion": image((args) =>
    [
      "galleries",
      text(args, "galleryName"),
      "images",
      text(args, "galleryImageName"),
      "versions",
      text(args, "galleryImageVersionName"),
    ].join("/"),
  ),
  "azure-native:compute:getDiskEncryptionSet": (_cloud, args) => ({
    id: `${groupId(text(args, "resourceGroupName"))}/providers/Microsoft.Compute/diskEncryptionSets/${text(args, "diskEncryptionSetName")}`,
  }),
  "azure-native:authorization:getClientConfig": (cloud) => ({
    ...CLIENT,
    subscriptionId: cloud.existing("subscriptions")[0] ?? SUBSCRIPTION,
  }),
  "azure-native:authorization:getClientToken": async (cloud) => ({ token: await tokenOf(cloud) }),
};
