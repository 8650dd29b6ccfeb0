import type { Properties } from "../../plugin/rpc/provider";
import { ApiError, type SimulatedCloud } from "../cloud/cloud";
import { OPENSTACK } from "../openstack/cloud";
import type { List, OpenStack, Quota, Types } from "../openstack/names";
import { isMap, text } from "../values";
import { refuseByNhn } from "./refusals";

/** What the provider says where the catalogue holds no such service: balancers, names. */
const NO_ENDPOINT = "No suitable endpoint could be found in the service catalog.";

/** What the provider says first where it cannot even begin, by the part of a type's token that names the service. */
const LACKING: Readonly<Record<string, string>> = {
  loadbalancer: `Error creating OpenStack loadbalancing client: ${NO_ENDPOINT}`,
  dns: `Error creating OpenStack DNS client: ${NO_ENDPOINT}`,
};

/** The same for identity, which is there, and of version 2.0. */
const NO_IDENTITY_V3 =
  "Expected HTTP response code [200 203] when accessing [GET https://api-identity-infrastructure.nhncloudservice.com/v3/auth/tokens], but got 404 instead";

/** The simulated NHN Cloud: the simulated OpenStack, with what NHN has not taken out and its own refusals put in. */
export const NHN: SimulatedCloud<List, Quota> = {
  ...OPENSTACK,
  region: "KR1",
  types: withoutServices(OPENSTACK.types),
  invokes: { ...OPENSTACK.invokes, ...lookups() },
  refuse(kind, inputs) {
    OPENSTACK.refuse?.(kind, inputs);
    refuseByNhn(kind, inputs);
  },
};

function withoutServices(types: Types): Types {
  return Object.fromEntries(
    Object.entries(types).map(([token, type]) => {
      const lacking = LACKING[token.split(/[:/]/)[1] ?? ""];
      if (lacking !== undefined) return [token, { ...type, references: {}, create: () => refuse(lacking) }];
      if (token.startsWith("openstack:identity/"))
        return [token, { ...type, create: () => refuse(`Error creating openstack_identity_application_credential_v3: ${NO_IDENTITY_V3}`) }];
      if (type.kind === "instance") return [token, { ...type, update: unconfirmed(type) }];
      if (type.kind === "volumeAttach") return [token, { ...type, create: sameZone(type.create) }];
      return [token, type];
    }),
  );
}

function refuse(words: string): never {
  throw new ApiError(404, words);
}

/** Nova goes on by itself with a machine of another flavor, and the provider waits for what it has left already, unless it is told not to. */
function unconfirmed({ update }: Types[string]): NonNullable<Types[string]["update"]> {
  return (cloud, object, inputs) => {
    if (update === undefined) throw new Error("machines can be changed in OpenStack");
    const changed = update(cloud, object, inputs);
    const { vendorOptions } = inputs;
    const told = isMap(vendorOptions) && vendorOptions.ignoreResizeConfirmation === true;
    if (!told && text(object, "flavorName") !== text(changed, "flavorName"))
      throw new ApiError(
        "Error waiting for instance to resize",
        `unexpected state 'ACTIVE', wanted target 'VERIFY_RESIZE'. last error: %!s(<nil>)`,
      );
    return changed;
  };
}

/** A volume is attached to a machine of its own zone only. */
function sameZone(create: Types[string]["create"]): Types[string]["create"] {
  return (cloud: OpenStack, inputs: Properties) => {
    const [machine, volume] = [cloud.find("instance", text(inputs, "instanceId")), cloud.find("volume", text(inputs, "volumeId"))];
    const [theirs, own] = [text(machine, "availabilityZone"), text(volume, "availabilityZone")];
    if (own !== theirs)
      throw new ApiError(
        400,
        `Invalid volume: Instance ${machine.id} and volume ${volume.id} are not in the same availability_zone. Instance is in ${theirs}. Volume is in ${own}`,
      );
    return create(cloud, inputs);
  };
}

/** Lookups that need what is not there. */
function lookups(): SimulatedCloud<List, Quota>["invokes"] {
  const fails = (words: string) => () => {
    throw new Error(words);
  };
  return {
    "openstack:identity/getAuthScope:getAuthScope": fails(NO_IDENTITY_V3),
    "openstack:dns/getDnsZone:getDnsZone": fails(LACKING.dns ?? ""),
    "openstack:networking/getRouter:getRouter": fails("Unable to list Routers: got 404 instead: The resource could not be found."),
  };
}
