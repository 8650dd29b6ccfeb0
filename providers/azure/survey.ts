import { getClientConfig } from "@pulumi/azure-native/authorization/getClientConfig";
import { getDiskEncryptionSet } from "@pulumi/azure-native/compute/getDiskEncryptionSet";
import { getPublicIPAddress } from "@pulumi/azure-native/network/getPublicIPAddress";
import { getSubnet } from "@pulumi/azure-native/network/getSubnet";
import { getVirtualNetwork } from "@pulumi/azure-native/network/getVirtualNetwork";
import { getResourceGroup } from "@pulumi/azure-native/resources/getResourceGroup";
import { type ComponentResource, type InvokeOptions, type Output, output, type ProviderResource } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { asker } from "../asking/asker";
import { judge, type Standing } from "../asking/verdict";
import { ask } from "./ask";
import { resourceManager } from "./manager";
import { askOthersRules, type OthersRule } from "./others-rules";
import type { AzurePlan } from "./plan";
import { demandOf, findShortages } from "./quotas";
import { squeezed } from "./regions";
import { resourceId } from "./resource-id";
import { askDisks, askImages, askLimits, askSizes } from "./survey-machines";

/** What the plan names of the cloud, as the resources take it. */
export interface Survey {
  /** The id of the resource group that was there before; of none where one is made. */
  readonly group: Output<string>;
  /** Rules of the environment's security group that others have made. */
  readonly othersRules: Promise<readonly OthersRule[]>;
  /** By name, disks of machines that are built anew which another machine still has. */
  readonly heldDisks: Promise<ReadonlyMap<string, string>>;
  /**
   * Settles once the cloud has answered everything. Rejects with InvalidInputError for what is missing there, with RefusedError for quotas that
   * do not suffice: each problem at its field.
   */
  readonly passed: Promise<void>;
}

/** What a look at the cloud is taken for, and by whom. */
export interface Surveyed {
  readonly parent: ComponentResource;
  /** The component's logical name. */
  readonly name: string;
  readonly plan: EnvironmentPlan;
  readonly azure: AzurePlan;
  readonly provider: ProviderResource;
}

/** Asks the cloud for everything that the plan names of it, all at once, and compares the subscription's quotas with what is wanted. */
export function surveyCloud(
  { plan, azure, name, parent, provider }: Surveyed,
  standing: Standing | undefined,
  onPassed: (() => void) | undefined,
): Survey {
  const options = { parent, provider };
  const asking = asker(plan, name, ask);
  const { put, using } = asking;
  const questions = { plan, azure, manager: resourceManager(options), put, using };

  const sizes = askSizes(questions);
  askImages(questions, options);
  const heldDisks = askDisks(questions, parent, options);
  askSubscription(azure, put, options);
  const group = askGroup(azure, put, options);
  askExisting(plan, azure, put, options);
  askAddresses(plan, azure, put, options);
  askEncryption(azure, put, options);
  const othersRules = askOthersRules(plan, azure, put, options);
  const limits = askLimits(questions);

  const passed = (async () => {
    const known = Object.fromEntries(await Promise.all(Object.entries(sizes).map(async ([size, found]) => [size, await found] as const)));
    const quotas = await limits;
    const answers = await asking.answers();
    await judge(plan, answers, await findShortages(demandOf(plan, name, known), quotas, standing), standing, parent);
    onPassed?.();
  })();
  return { group: output(group.then((id) => id ?? "")), othersRules, heldDisks, passed };
}

/** Whose credentials they are: those of another subscription would make everything elsewhere. */
function askSubscription({ subscription }: AzurePlan, put: Put, options: InvokeOptions): void {
  if (subscription === undefined) return;
  const path = "infrastructure.azure.subscription";
  void put({
    path,
    value: subscription,
    what: "subscription",
    ask: () => getClientConfig(options),
    check: ({ subscriptionId }): Finding | undefined =>
      subscriptionId === undefined || subscriptionId.toLowerCase() === subscription.toLowerCase()
        ? undefined
        : {
            path,
            value: subscription,
            reason: `is not the subscription that the credentials are used with, ${subscriptionId}`,
            remedy: "use credentials for this one, or name the other",
          },
  });
}

async function askGroup({ resourceGroup }: AzurePlan, put: Put, options: InvokeOptions): Promise<string | undefined> {
  if (resourceGroup === undefined) return undefined;
  const found = await put({
    path: "infrastructure.azure.resourceGroup",
    value: resourceGroup,
    what: "resource group",
    ask: () => getResourceGroup({ resourceGroupName: resourceGroup }, options),
  });
  return found?.id;
}

/** The network and the subnets that are used instead of being made: as the file says. */
function askExisting({ network: { cidr } }: EnvironmentPlan, { existing, region }: AzurePlan, put: Put, options: InvokeOptions): void {
  const network = existing && resourceId(existing.network);
  if (existing === undefined || network === undefined) return;
  const path = "infrastructure.azure.existing";
  const where = { resourceGroupName: network.resourceGroup, virtualNetworkName: network.name };
  void put({
    path: `${path}.network`,
    value: existing.network,
    what: "virtual network",
    ask: () => getVirtualNetwork(where, options),
    check: ({ location, addressSpace }): Finding | undefined => {
      const differs = (reason: string, remedy: string): Finding => ({ path: `${path}.network`, value: existing.network, reason, remedy });
      if (location && region && squeezed(location) !== squeezed(region))
        return differs(`lies in ${location}, not in ${region}`, "name a network of the environment's region");
      const spaces = addressSpace?.addressPrefixes;
      return spaces === undefined || spaces.includes(cidr)
        ? undefined
        : differs(`has the address space ${spaces.join(", ")}, not ${cidr}`, "set infrastructure.network.cidr to the network's own");
    },
  });
  for (const [what, subnet] of Object.entries(existing.subnets))
    void put({
      path: `${path}.subnets.${what}.name`,
      value: subnet.name,
      what: "subnet",
      ask: () => getSubnet({ ...where, subnetName: subnet.name }, options),
      check: ({ addressPrefix, addressPrefixes }): Finding | undefined => {
        const prefixes = addressPrefix ? [addressPrefix] : (addressPrefixes ?? [subnet.cidr]);
        return prefixes.includes(subnet.cidr)
          ? undefined
          : {
              path: `${path}.subnets.${what}.cidr`,
              value: subnet.cidr,
              reason: `is not the subnet's network, which is ${prefixes.join(", ")}`,
              remedy: "give it as Azure has it",
            };
      },
    });
}

/** Public addresses that were made beforehand: there, the ones that the file says, of the kind that balancers and zones need. */
function askAddresses(plan: EnvironmentPlan, { addresses = {} }: AzurePlan, put: Put, options: InvokeOptions): void {
  for (const { address } of Object.values(plan.network.floating)) {
    const id = address === undefined ? undefined : resourceId(addresses[address] ?? "");
    if (address === undefined || id === undefined) continue;
    const path = `infrastructure.azure.addresses.${address}`;
    void put({
      path,
      value: addresses[address] ?? "",
      what: "floating address",
      ask: () => getPublicIPAddress({ resourceGroupName: id.resourceGroup, publicIpAddressName: id.name }, options),
      check: ({ ipAddress, sku }): Finding | undefined => {
        const value = addresses[address] ?? "";
        if (ipAddress && ipAddress !== address)
          return { path, value, reason: `is the address ${ipAddress}`, remedy: `name the resource that has ${address}` };
        return sku?.name === undefined || sku.name === "Standard"
          ? undefined
          : {
              path,
              value,
              reason: `is of the kind ${sku.name}`,
              remedy: "make one of the kind Standard, which is all that its balancer takes",
            };
      },
    });
  }
}

function askEncryption({ diskEncryptionSet }: AzurePlan, put: Put, options: InvokeOptions): void {
  const id = diskEncryptionSet === undefined ? undefined : resourceId(diskEncryptionSet);
  if (diskEncryptionSet === undefined || id === undefined) return;
  void put({
    path: "infrastructure.azure.diskEncryptionSet",
    value: diskEncryptionSet,
    what: "disk encryption set",
    ask: () => getDiskEncryptionSet({ resourceGroupName: id.resourceGroup, diskEncryptionSetName: id.name }, options),
  });
}
