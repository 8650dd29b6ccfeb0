import type { z } from "zod";
import type { NeutralNames } from "../../model/cloud";
import type * as Kinds from "../../model/environment/fields";
import type { CloudOptions } from "../../model/plan/types";
import { withOwnNames } from "../own-names";
import type { CredentialOptions, CredentialUse, DnsOptions, OpenStackOptions } from "./plan";

const BY_NAME_OR_ID = "by name or id";

/** The options that every cloud has which speaks OpenStack's API. */
export const commonOptions = (
  zod: typeof z,
  { positive, text, pinned }: typeof Kinds,
  external: { what: string; byDefault: string },
  sizesByDefault?: string,
) => ({
  externalNetwork: text.optional().meta({ description: `${external.what}, ${BY_NAME_OR_ID}`, byDefault: `\`${external.byDefault}\`` }),
  bootVolumeGiB: positive.optional().meta({ description: "the size of each machine's boot volume in GiB", byDefault: "`40`" }),
  bootVolumeType: text.optional().meta({ description: `its volume type, ${BY_NAME_OR_ID}`, byDefault: "the cloud's" }),
  allowedAddresses: zod.array(text).optional().meta({
    description:
      "addresses and networks of your own that the cluster's nodes may send from besides what the plan gives them (allowed address pairs): what is put on ports by hand is taken off again",
  }),
  serverGroups: zod.record(text, text).optional().meta({
    description:
      "server groups that are there, by their ids, for the groups of machines that join them instead of one of ours: `control-plane`, `etcd`, `bastion`, `nfs` or a pool's name",
  }),
  images: zod.record(zod.string(), pinned).optional().meta({
    description: "what names of images stand for that every cloud has, as `ubuntu-22.04`: an image of this one, by name or id",
  }),
  sizes: zod
    .record(zod.string(), text)
    .optional()
    .meta({
      description: "what names of sizes stand for that every cloud has, as `large`: a flavor of this one, by name or id",
      ...(sizesByDefault !== undefined && { byDefault: sizesByDefault }),
    }),
});

/** Those of OpenStack itself. */
export const openstackOptions = (zod: typeof z, kinds: typeof Kinds) => ({
  ...commonOptions(zod, kinds, { what: "the network that floating addresses and the router's way out are in", byDefault: "public" }),
  loadBalancerProvider: zod
    .enum(["amphora", "ovn"])
    .optional()
    .meta({ description: "what Octavia makes balancers of", byDefault: "`amphora`" }),
  volumesInZones: zod.boolean().optional().meta({
    description:
      "whether Cinder has zones of the names that nova has, and volumes are made in that of the machine or pod that they are for",
    byDefault: "`false`: in one that Cinder takes, to be attached from anywhere",
  }),
  router: kinds.text.optional().meta({
    description: `a router that is there, ${BY_NAME_OR_ID}, which the network that is made is joined to instead of one of its own`,
  }),
  dns: zod
    .strictObject({
      zone: kinds
        .domain("give the name of the zone")
        .meta({ description: "a zone of Designate, by its name: the API's domain and all of the platform's are written into it" }),
      ttl: kinds.positive.optional().meta({ description: "the seconds that a record may be kept", byDefault: "`300`" }),
    })
    .optional()
    .meta({ description: "where the environment's names are written" }),
  applicationCredential: zod
    .strictObject({
      uses: zod
        .array(zod.enum(["loadBalancers", "volumes"]))
        .min(1)
        .optional()
        .meta({
          description: "what it is for: `loadBalancers` as a cloud controller makes them, `volumes` as a CSI driver does",
          byDefault: "nothing, and none is made: what else is said counts for the logins of the platform's own parts",
        }),
      roles: kinds.unique(kinds.text).optional().meta({
        description: "the roles it has of its maker's",
        byDefault: "`member`, and `load-balancer_member` for `loadBalancers`",
      }),
      accessRules: zod.boolean().optional().meta({
        description: "whether it may make the calls of its uses only; `false` where the cloud's services do not know access rules",
        byDefault: "`true`",
      }),
    })
    .optional()
    .meta({ description: "a login to the cloud for what you run in the cluster yourself, which is made with the rest" }),
});

/** The options as a file gives them: those that have defaults may be left out. */
interface GivenOptions extends Partial<Omit<OpenStackOptions, "dns" | "applicationCredential">> {
  readonly dns?: Partial<DnsOptions> & Pick<DnsOptions, "zone">;
  readonly applicationCredential?: Partial<CredentialOptions>;
}

/** The options as the plan has them. */
export function resolveOptions(given: Readonly<Record<string, unknown>>, externalNetwork: string): OpenStackOptions {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { dns, applicationCredential, ...rest }: GivenOptions = said;
  return {
    ...{ externalNetwork, loadBalancerProvider: "amphora", bootVolumeGiB: 40 },
    ...rest,
    ...(dns && { dns: { ttl: 300, ...dns } }),
    ...(applicationCredential && {
      applicationCredential: { uses: [], roles: rolesFor(applicationCredential.uses ?? []), accessRules: true, ...applicationCredential },
    }),
  };
}

/** The roles that a use needs by default: Octavia's own one beside everybody's. */
function rolesFor(uses: readonly CredentialUse[]): string[] {
  return ["member", ...(uses.includes("loadBalancers") ? ["load-balancer_member"] : [])];
}

/** What the file's own names of sizes and images stand for, before those that a cloud has by itself. */
export function neutralNames(
  { sizes, images }: CloudOptions & Partial<OpenStackOptions>,
  byItself: NeutralNames["sizes"] = {},
): NeutralNames {
  return withOwnNames({ sizes: byItself, images: {} }, { sizes, images });
}

/** What a machine takes at its first boot only. */
export function firstBoot({ bootVolumeGiB, bootVolumeType, serverGroups }: OpenStackOptions): Readonly<Record<string, string | number>> {
  const groups = Object.entries(serverGroups ?? {})
    .map(([group, id]) => `${group} in ${id}`)
    .sort();
  return {
    bootVolumeGiB,
    ...(bootVolumeType === undefined ? {} : { bootVolumeType }),
    ...(groups.length === 0 ? {} : { serverGroups: groups.join(", ") }),
  };
}
