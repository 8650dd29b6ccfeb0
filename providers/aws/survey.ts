import { getAmi } from "@pulumi/aws/ec2/getAmi";
import { getEips } from "@pulumi/aws/ec2/getEips";
import { getElasticIp } from "@pulumi/aws/ec2/getElasticIp";
import { getInstanceType } from "@pulumi/aws/ec2/getInstanceType";
import { getInstanceTypeOfferings } from "@pulumi/aws/ec2/getInstanceTypeOfferings";
import { getKeyPair } from "@pulumi/aws/ec2/getKeyPair";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { getVpc } from "@pulumi/aws/ec2/getVpc";
import { getVpcs } from "@pulumi/aws/ec2/getVpcs";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { getServiceQuota } from "@pulumi/aws/servicequotas/getServiceQuota";
import { type ComponentResource, type InvokeOptions, type Output, output, type ProviderResource } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { asker, askKeyPair, askZones, type Using } from "../asking/asker";
import { byName, sizePath } from "../asking/fields";
import type { Limit } from "../asking/quotas";
import { judge, type Standing } from "../asking/verdict";
import { ask } from "./ask";
import { imageQuery } from "./names";
import type { AwsPlan } from "./plan";
import { CODES, demandOf, findShortages, type Quota } from "./quotas";

/** What the plan names of the cloud, as the resources take it. What could not be looked up is as the file has it. */
export interface Survey {
  /** Id of an AMI. */
  readonly image: (image: string) => Output<string>;
  /** Id of an elastic address that was made beforehand. */
  readonly allocation: (address: string) => Output<string>;
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
  readonly aws: AwsPlan;
  readonly provider: ProviderResource;
}

/** Asks the cloud for everything that the plan names of it, all at once, and compares the account's quotas with what is wanted. */
export function surveyCloud(
  { plan, aws, name, parent, provider }: Surveyed,
  publicKey: Output<string> | undefined,
  standing: Standing | undefined,
  onPassed: (() => void) | undefined,
): Survey {
  const options = { parent, provider };
  const asking = asker(plan, name, ask);
  const { put, using } = asking;

  const images = byName(
    plan.machines.map(({ image }) => image),
    (image) => askImage(image, put, options, using),
  );
  const processors = byName(
    plan.machines.map(({ size }) => size),
    (size) => askSize(plan, size, put, options, using),
  );
  askZones(plan, asking, () => getAvailabilityZones({ state: "available" }, options), {
    reason: "the region has no availability zone of that name that this account may use",
  });
  askKeyPair(plan, publicKey, asking, (keyName) => getKeyPair({ keyName, includePublicKey: true }, options));
  askExisting(plan, aws, put, options);
  const allocations = askAddresses(plan, put, options);
  const limits = askLimits(put, options);

  const passed = (async () => {
    const known = Object.fromEntries(
      await Promise.all(Object.entries(processors).map(async ([size, found]) => [size, await found] as const)),
    );
    const quotas = await limits;
    const answers = await asking.answers();
    await judge(plan, answers, await findShortages(demandOf(plan, name, known), quotas, standing), standing, parent);
    onPassed?.();
  })();
  return {
    image: (image) => output(images[image]?.then((id) => id ?? image) ?? image),
    allocation: (address) => output(allocations[address]?.then((id) => id ?? address) ?? address),
    passed,
  };
}

/** An AMI by id or by its whole name and owner, also one that its owner calls deprecated: what is pinned stays. */
async function askImage(image: string, put: Put, options: InvokeOptions, using: Using): Promise<string | undefined> {
  const query = imageQuery(image);
  if (query === undefined) return undefined;
  const found = await put({
    path: "infrastructure.image",
    value: image,
    what: "image",
    ask: () =>
      getAmi(
        {
          ...("id" in query
            ? { filters: [{ name: "image-id", values: [query.id] }], allowUnsafeFilter: true }
            : { owners: [query.owner], filters: [{ name: "name", values: [query.name] }] }),
          includeDeprecated: true,
          // Two images of one name are an error, never a silent choice.
          mostRecent: false,
        },
        options,
      ),
    check: ({ architecture }): Finding | undefined =>
      architecture === undefined || architecture === "x86_64"
        ? undefined
        : {
            path: "infrastructure.image",
            value: image,
            reason: `is for ${architecture}, and machines are made for x86_64`,
            remedy: "name one for x86_64",
          },
    uses: using((machine) => machine.image === image),
  });
  return found?.id;
}

/** An instance type: there, and in every zone that machines of it are in. Answers with its processors. */
async function askSize(plan: EnvironmentPlan, size: string, put: Put, options: InvokeOptions, using: Using): Promise<number | undefined> {
  const path = sizePath(plan, size);
  const machines = plan.machines.filter((machine) => machine.size === size);
  const zones = new Set(machines.flatMap(({ zone }) => zone ?? []));
  const uses = using((machine) => machine.size === size);
  void put({
    path,
    value: size,
    what: "instance type's zones",
    ask: () =>
      getInstanceTypeOfferings({ locationType: "availability-zone", filters: [{ name: "instance-type", values: [size] }] }, options),
    check: ({ locations }): Finding | undefined => {
      const lacking = [...zones].filter((zone) => locations !== undefined && !locations.includes(zone));
      return lacking.length === 0
        ? undefined
        : { path, value: size, reason: `is not offered in ${lacking.join(", ")}`, remedy: "choose another type, or other zones" };
    },
    uses,
    optional: true,
  });
  const found = await put({
    path,
    value: size,
    what: "instance type",
    ask: () => getInstanceType({ instanceType: size }, options),
    check: ({ supportedArchitectures: architectures = [] }): Finding | undefined =>
      architectures.length === 0 || architectures.includes("x86_64")
        ? undefined
        : {
            path,
            value: size,
            reason: `is for ${architectures.join(", ")}, and images are for x86_64`,
            remedy: "choose a type for x86_64",
          },
    uses,
  });
  return found?.defaultVcpus;
}

/** The VPC and the subnets that are used instead of being made: as the file says. */
function askExisting(plan: EnvironmentPlan, { existing }: AwsPlan, put: Put, options: InvokeOptions): void {
  if (existing === undefined) return;
  const path = "infrastructure.aws.existing";
  void put({ path: `${path}.vpc`, value: existing.vpc, what: "VPC", ask: () => getVpc({ id: existing.vpc }, options) });
  for (const zone of plan.zones)
    for (const [what, subnet] of Object.entries(existing.subnets[zone] ?? {})) {
      const own = `${path}.subnets.${zone}.${what}`;
      const differs = (field: string, is: string, wanted: string): Finding => ({
        path: own,
        value: subnet.id,
        reason: `is ${field} ${is}, not ${wanted}`,
        remedy: "name the subnet that is meant, as AWS has it",
      });
      void put({
        path: `${own}.id`,
        value: subnet.id,
        what: "subnet",
        ask: () => getSubnet({ id: subnet.id }, options),
        check: ({ vpcId, availabilityZone, cidrBlock }): Finding | undefined => {
          if (vpcId && vpcId !== existing.vpc) return differs("in the VPC", vpcId, existing.vpc);
          if (availabilityZone && availabilityZone !== zone) return differs("in the zone", availabilityZone, zone);
          return cidrBlock && cidrBlock !== subnet.cidr ? differs("the network", cidrBlock, subnet.cidr) : undefined;
        },
      });
    }
}

/** Elastic addresses that were made beforehand: there, and used by nothing else. By address, the id that AWS has it by. */
function askAddresses(plan: EnvironmentPlan, put: Put, options: InvokeOptions): Record<string, Promise<string | undefined>> {
  const own = new Set(plan.machines.map(({ address }) => address));
  return Object.fromEntries(
    Object.entries(plan.network.floating).flatMap(([what, { address }]) => {
      if (address === undefined) return [];
      const path = `infrastructure.network.floating.${what}`;
      const found = put({
        path,
        value: address,
        what: "floating address",
        ask: () => getElasticIp({ publicIp: address }, options),
        // What a balancer of ours has, AWS tells of as that of an interface of the balancer's.
        check: ({ instanceId, privateIp }): Finding | undefined =>
          !instanceId || (privateIp && own.has(privateIp))
            ? undefined
            : {
                path,
                value: address,
                reason: `belongs to the machine ${instanceId} already`,
                remedy: "give a free one, or take it from there first",
              },
      });
      return [[address, found.then((each) => each?.id)] as const];
    }),
  );
}

/** The account's quotas, and what is used of them as far as it can be counted. */
async function askLimits(put: Put, options: InvokeOptions): Promise<Partial<Record<Quota, Limit>>> {
  const used: Partial<Record<Quota, Promise<number | undefined>>> = {
    addresses: put({ path: "infrastructure", what: "elastic addresses", ask: () => getEips({}, options), optional: true }).then(
      (found) => found?.allocationIds?.length,
    ),
    vpcs: put({ path: "infrastructure", what: "VPCs", ask: () => getVpcs({}, options), optional: true }).then(
      (found) => found?.ids?.length,
    ),
  };
  const limits = Object.entries(CODES).map(async ([quota, [serviceCode, quotaCode]]) => {
    const found = await put({
      path: "infrastructure",
      what: `the quota of ${quota}`,
      ask: () => getServiceQuota({ serviceCode, quotaCode }, options),
      optional: true,
    });
    const count = await used[quota as Quota];
    return found?.value === undefined ? [] : [[quota, { limit: found.value, ...(count === undefined ? {} : { used: count }) }] as const];
  });
  return Object.fromEntries((await Promise.all(limits)).flat());
}
