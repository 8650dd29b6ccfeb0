import { getSQuotaInfo } from "@pulumi/gcp/cloudquota/getSQuotaInfo";
import { getAddresses } from "@pulumi/gcp/compute/getAddresses";
import { getImage } from "@pulumi/gcp/compute/getImage";
import { getMachineTypes } from "@pulumi/gcp/compute/getMachineTypes";
import { getNetwork } from "@pulumi/gcp/compute/getNetwork";
import { getNetworks } from "@pulumi/gcp/compute/getNetworks";
import { getSubnetwork } from "@pulumi/gcp/compute/getSubnetwork";
import { getZones } from "@pulumi/gcp/compute/getZones";
import { type ComponentResource, type InvokeOptions, type Output, output, type ProviderResource } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put } from "../asking/ask";
import { asker, askZones, type Using } from "../asking/asker";
import { byName, sizePath } from "../asking/fields";
import type { Demand, Limit } from "../asking/quotas";
import { judge, type Standing } from "../asking/verdict";
import { ask } from "./ask";
import { lastPart } from "./findable";
import { copyOf, imageQuery } from "./neutral";
import { type GcpPlan, placeOf } from "./plan";
import { demandOf, findShortages, limitIn, QUOTA_IDS, type Quota } from "./quotas";
import { askAddresses } from "./survey-addresses";
import { askNames } from "./survey-names";
import { askWayOut } from "./survey-way-out";

/** What the plan names of the cloud, as the resources take it. What could not be looked up is as the file has it. */
export interface Survey {
  /** Link to an image: of a family, to its newest. */
  readonly image: (image: string) => Output<string>;
  /** Ids of the network and the subnet that are there already. */
  readonly existing: { readonly network: Output<string>; readonly subnet: Output<string> };
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
  readonly gcp: GcpPlan;
  readonly provider: ProviderResource;
}

/** Asks the cloud for everything that the plan names of it, all at once, and compares the project's quotas with what is wanted. */
export function surveyCloud(
  { plan, gcp, name, parent, provider }: Surveyed,
  standing: Standing | undefined,
  onPassed: (() => void) | undefined,
): Survey {
  const options = { parent, provider };
  const asking = asker(plan, name, ask);
  const { put, using } = asking;

  const images = byName(
    plan.machines.map(({ image }) => image),
    (image) => askImage(name, image, put, options, using),
  );
  const processors = byName(
    plan.machines.map(({ size }) => size),
    (size) => askSize(plan, gcp, size, put, options, using),
  );
  const zones = () => getZones({ project: gcp.project, region: gcp.region, status: "UP" }, options);
  askNames(plan, gcp, zones, put, options);
  askZones(plan, asking, zones, {
    reason: "the region has no zone of that name that is up",
  });
  const existing = askExisting(plan, gcp, put, options);
  askWayOut(plan, gcp, put, options);
  askAddresses(plan, gcp, put, options);
  const demands = (async () => {
    const known = Object.entries(processors).map(async ([size, found]) => [size, await found] as const);
    return demandOf(plan, name, Object.fromEntries(await Promise.all(known)));
  })();
  const limits = demands.then((wanted) => askLimits(gcp, wanted, put, options));

  const passed = (async () => {
    const quotas = await limits;
    const answers = await asking.answers();
    await judge(plan, answers, await findShortages(await demands, quotas, standing), standing, parent);
    onPassed?.();
  })();
  return { image: (image) => output(images[image]?.then((link) => link ?? image) ?? image), existing, passed };
}

/** An image by its project and name, or the newest of a family: that may go, once it has been copied. */
async function askImage(name: string, image: string, put: Put, options: InvokeOptions, using: Using): Promise<string | undefined> {
  const query = imageQuery(image);
  if (query === undefined) return undefined;
  const { project } = query;
  const found = await put({
    path: "infrastructure.image",
    value: image,
    what: "image",
    ask: () => getImage("family" in query ? { project, family: query.family } : { project, name: query.name }, options),
    uses: "family" in query ? [`${name}-${copyOf(query)}`] : using((machine) => machine.image === image),
  });
  return found?.selfLink;
}

/** A machine type: there in every zone that machines of it are in. Answers with its processors. */
async function askSize(
  plan: EnvironmentPlan,
  { project }: GcpPlan,
  size: string,
  put: Put,
  options: InvokeOptions,
  using: Using,
): Promise<number | undefined> {
  const path = sizePath(plan, size);
  const zones = [...new Set(plan.machines.flatMap((machine) => (machine.size === size ? (machine.zone ?? []) : [])))];
  const found = await Promise.all(
    zones.map((zone) =>
      put({
        path,
        value: size,
        what: "machine type",
        ask: () => getMachineTypes({ project, zone, filter: `name = "${size}"` }, options),
        check: ({ machineTypes }): Finding | undefined =>
          machineTypes === undefined || machineTypes.some((each) => each.name === size)
            ? undefined
            : { path, value: size, reason: `is no machine type of ${zone}`, remedy: "choose another type, or other zones" },
        uses: using((machine) => machine.size === size && machine.zone === zone),
      }),
    ),
  );
  return found.flatMap((each) => each?.machineTypes ?? []).find((each) => each.name === size)?.guestCpus;
}

/** The network and the subnet that are used instead of being made: as the file says. */
function askExisting(plan: EnvironmentPlan, { project, region = "" }: GcpPlan, put: Put, options: InvokeOptions): Survey["existing"] {
  const { existing } = plan.network;
  if (existing === undefined) return { network: output(""), subnet: output("") };
  const path = "infrastructure.network.existing";
  const [network, subnet] = [placeOf(existing.network, project), placeOf(existing.subnet, project)];
  const networkFound = put({
    path: `${path}.network`,
    value: existing.network,
    what: "network",
    ask: () => getNetwork(network, options),
  });
  const subnetFound = put({
    path: `${path}.subnets.node`,
    value: existing.subnet,
    what: "subnetwork",
    ask: () => getSubnetwork({ ...subnet, region }, options),
    check: ({ ipCidrRange, network: of }): Finding | undefined => {
      if (ipCidrRange && ipCidrRange !== plan.network.cidr)
        return {
          path: "infrastructure.network.cidr",
          value: plan.network.cidr,
          reason: `the existing subnet ${existing.subnet} is ${ipCidrRange}`,
          remedy: `set it to ${ipCidrRange}`,
        };
      return of && lastPart(of) !== network.name
        ? {
            path: `${path}.subnets.node`,
            value: existing.subnet,
            reason: `is in the network ${lastPart(of)}, not ${network.name}`,
            remedy: "name a subnet of that network",
          }
        : undefined;
    },
  });
  const id = (found: Promise<{ readonly id: string } | undefined>, otherwise: string) =>
    output(found.then((each) => each?.id ?? otherwise));
  return {
    network: id(networkFound, `projects/${network.project}/global/networks/${network.name}`),
    subnet: id(subnetFound, `projects/${subnet.project}/regions/${region}/subnetworks/${subnet.name}`),
  };
}

/** The project's quotas on what is wanted, and what is used of them as far as it can be counted. */
async function askLimits(
  { project, region = "" }: GcpPlan,
  demands: readonly Demand<Quota>[],
  put: Put,
  options: InvokeOptions,
): Promise<Partial<Record<Quota, Limit>>> {
  const counted = <T>(what: string, count: () => Promise<T>): Promise<T | undefined> =>
    put({ path: "infrastructure", what, ask: count, optional: true });
  const used: Partial<Record<Quota, Promise<number | undefined>>> = {
    addresses: counted("addresses outside", async () => {
      const { addresses } = await getAddresses({ project, region }, options);
      return addresses?.filter(({ addressType }) => addressType !== "INTERNAL").length;
    }),
    networks: counted("networks", async () => (await getNetworks({ project }, options)).networks?.length),
  };
  const limits = [...new Set(demands.map(({ quota }) => quota))].map(async (quota) => {
    const found = await put({
      path: "infrastructure",
      what: `the quota ${QUOTA_IDS[quota]}`,
      ask: () => getSQuotaInfo({ parent: `projects/${project}`, service: "compute.googleapis.com", quotaId: QUOTA_IDS[quota] }, options),
      optional: true,
    });
    const limit = limitIn(found?.dimensionsInfos ?? [], region);
    const count = await used[quota];
    return limit === undefined ? [] : [[quota, { limit, ...(count === undefined ? {} : { used: count }) }] as const];
  });
  return Object.fromEntries((await Promise.all(limits)).flat());
}
