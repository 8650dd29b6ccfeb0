import { getAvailabilityZonesV3 } from "@pulumi/openstack/blockstorage/getAvailabilityZonesV3";
import { getAvailabilityZones } from "@pulumi/openstack/compute/getAvailabilityZones";
import { type GetFlavorResult, getFlavor } from "@pulumi/openstack/compute/getFlavor";
import { getKeypair } from "@pulumi/openstack/compute/getKeypair";
import { getImage } from "@pulumi/openstack/images/getImage";
import { type ComponentResource, type Input, type InvokeOptions, type Output, output, type ProviderResource } from "@pulumi/pulumi";
import type { EnvironmentPlan, StorageClassPlan } from "../../model/plan/types";
import type { Put } from "../asking/ask";
import { asker, askKeyPair, askZones, type Using } from "../asking/asker";
import { byName, sizePath } from "../asking/fields";
import { judge, type Standing } from "../asking/verdict";
import { ask, MISSING } from "./ask";
import type { Dialect } from "./dialect";
import { askLimits } from "./limits";
import { isId } from "./names";
import { type OpenStackPlan, openstackOf, ownField } from "./plan";
import { demandOf, type Flavor, findShortages } from "./quotas";
import { askLogins, type LoggedIn } from "./survey-logins";
import { askZone } from "./survey-names";
import { askExisting, askExternal, askFloating, askRouter, type Existing, type External } from "./survey-networks";

/** What the plan names of the cloud, as the resources take it. What could not be looked up is as the file has it. */
export interface Survey {
  /** Id of an image. */
  readonly image: (image: string) => Output<string>;
  /** Name of a flavor. */
  readonly flavor: (size: string) => Output<string>;
  readonly external: External;
  readonly existing: Existing;
  /** Id of the router that the network is joined to, where it is not one of the environment's own. */
  readonly router: Output<string>;
  /** Id of the zone that names are written into. */
  readonly zone: Output<string>;
  readonly login: LoggedIn;
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
  readonly openstack: OpenStackPlan;
  readonly dialect: Dialect;
  readonly provider: ProviderResource;
  /** Ids by the reference that the plan has in their place. */
  readonly ids: Readonly<Record<string, Input<string>>>;
}

/** Asks the cloud for everything that the plan names of it, all at once, and compares its quotas with what is wanted. */
export function surveyCloud(
  { plan, openstack, name, parent, provider, ids }: Surveyed,
  publicKey: Output<string> | undefined,
  standing: Standing | undefined,
  onPassed: (() => void) | undefined,
): Survey {
  const options = { parent, provider };
  const asking = asker(plan, name, ask);
  const { put, using } = asking;

  const images = byName(
    plan.machines.map(({ image }) => image).filter((image) => !isId(image)),
    (image) =>
      put({
        path: "infrastructure.image",
        value: image,
        what: "image",
        // mostRecent false: two images of one name are an error, never a silent choice.
        ask: () => getImage({ name: image, mostRecent: false }, options),
        uses: using((machine) => machine.image === image),
      }),
  );
  const flavors = byName(
    plan.machines.map(({ size }) => size),
    (size) =>
      put({
        path: sizePath(plan, size),
        value: size,
        what: "flavor",
        ask: () => flavorOf(size, options),
        uses: using((machine) => machine.size === size),
      }),
  );
  const external = askExternal(plan, openstack.externalNetwork, put, options);
  const existing = askExisting(plan, put, options, ids);
  const router = askRouter(plan, openstack.router, external, put, options);
  const zone = askZone(plan, openstack.dns, put, options);
  const limits = askLimits(options);
  askZones(plan, asking, () => getAvailabilityZones({}, options), {
    reason: "the cloud has no availability zone of that name that takes machines",
    optional: true,
  });
  if (openstack.volumesInZones === true)
    askZones(plan, asking, () => getAvailabilityZonesV3({}, options), {
      reason: "Cinder has no availability zone of that name, which volumes are made in by volumesInZones",
      optional: true,
    });
  askKeyPair(plan, publicKey, asking, (keyPair) => getKeypair({ name: keyPair }, options));
  const login = askLogins(plan, openstack, put, options);
  askVolumeTypes(plan, limits, put, using);
  askFloating(plan, put, options);

  const passed = (async () => {
    const answers = await asking.answers();
    const known: Record<string, Flavor> = {};
    for (const [size, found] of Object.entries(flavors)) {
      const { vcpus, ram } = (await found) ?? {};
      if (vcpus !== undefined && ram !== undefined) known[size] = { vcpus, ram };
    }
    const { quotas, answers: more } = await limits;
    const shortages = await findShortages(demandOf(plan, name, known), quotas, standing, plan.cloud.provider);
    await judge(plan, [...answers, ...more], shortages, standing, parent);
    onPassed?.();
  })();
  return {
    image: (image) => output(images[image]?.then((found) => found?.id ?? image) ?? image),
    flavor: (size) => output(flavors[size]?.then((found) => found?.name ?? size) ?? size),
    external,
    existing,
    router,
    zone,
    login,
    passed,
  };
}

/** By name first, since ids can be any text, as "18"; what looks like an id is one. */
async function flavorOf(size: string, options: InvokeOptions): Promise<GetFlavorResult> {
  if (isId(size)) return await getFlavor({ flavorId: size }, options);
  try {
    return await getFlavor({ name: size }, options);
  } catch (error) {
    if (!MISSING.test(String(error))) throw error;
    return await getFlavor({ flavorId: size }, options);
  }
}

function classesOf({ platform: { storage } }: EnvironmentPlan): readonly StorageClassPlan[] {
  return storage.kind === "cloud" ? storage.classes : [];
}

/** Of volume types only the names can be known, and only from the quota. */
function askVolumeTypes(plan: EnvironmentPlan, limits: ReturnType<typeof askLimits>, put: Put, using: Using): void {
  const boot = openstackOf(plan).bootVolumeType;
  const wanted = [
    ...(boot === undefined ? [] : [{ type: boot, path: ownField(plan, "bootVolumeType"), uses: using(() => true) }]),
    ...classesOf(plan).flatMap(({ name, type }) =>
      type === undefined ? [] : [{ type, path: `platform.storage.classes.${name}.type`, uses: [] }],
    ),
    ...plan.machines.flatMap(({ group, volumes }) =>
      volumes.flatMap(({ type }) =>
        type === undefined ? [] : [{ type, path: `cluster.pools.${group}.volumes`, uses: using((machine) => machine.group === group) }],
      ),
    ),
  ];
  const once = new Map(wanted.filter(({ type }) => !isId(type)).map((each) => [`${each.path} ${each.type}`, each]));
  for (const { type, path, uses } of once.values())
    void put({
      path,
      value: type,
      what: "volume type",
      ask: () => limits,
      check: ({ volumeTypes }) =>
        volumeTypes === undefined || volumeTypes.includes(type)
          ? undefined
          : { path, value: type, reason: "the cloud has no volume type of that name", remedy: `use one of: ${volumeTypes.join(", ")}` },
      uses,
    });
}
