import type { Properties } from "../../plugin/rpc/provider";
import { LOCAL_FLAVORS, nhnLimits } from "../../providers/nhn/names";
import { ApiError } from "../cloud/cloud";
import { maps, number, text, texts } from "../values";

/** Kinds that NHN Cloud makes by an API of its own, which the provider does not speak. */
const OF_ITS_OWN: readonly string[] = ["network", "subnet", "router", "routerInterface"];

/** Kinds without a description, and without tags. */
const BARE: readonly string[] = ["port", "floatingIp"];
const UNTAGGED: readonly string[] = [...BARE, "secGroup"];

/** Refuses what NHN Cloud refuses, or its documents do not have, before anything else is looked at. */
export function refuseByNhn(kind: string, inputs: Properties): void {
  if (OF_ITS_OWN.includes(kind)) throw new ApiError(404, "The resource could not be found: NHN Cloud only lists networks and subnets");
  if (BARE.includes(kind) && text(inputs, "description") !== "") throw unrecognized("description");
  if (UNTAGGED.includes(kind) && texts(inputs, "tags").length > 0)
    throw new ApiError(404, "The resource could not be found: nothing of the network has tags");
  REFUSALS[kind]?.(inputs);
}

const REFUSALS: Readonly<Record<string, (inputs: Properties) => void>> = {
  secGroupRule(inputs) {
    if (text(inputs, "ethertype") !== "IPv4") throw new ApiError(400, "Invalid input for ethertype: a security rule is IPv4");
  },
  serverGroup(inputs) {
    const other = texts(inputs, "policies").find((policy) => !nhnLimits.policies.some((each) => each === policy));
    if (other !== undefined)
      throw new ApiError(400, `Invalid input for field/attribute policies. Value: ${other}. Only anti-affinity can be set.`);
  },
  instance(inputs) {
    if (inputs.configDrive !== undefined) throw unrecognized("config_drive");
    if (text(inputs, "keyPair") === "")
      throw new ApiError(400, "Invalid input for field/attribute server. 'key_name' is a required property");
    const local = LOCAL_FLAVORS.test(text(inputs, "flavorName"));
    const { least, most } = nhnLimits.bootVolumeGiB;
    for (const device of maps(inputs, "blockDevices").filter(({ bootIndex }) => bootIndex === 0)) {
      const to = text(device, "destinationType");
      const size = number(device, "volumeSize");
      if (to !== (local ? "local" : "volume"))
        throw new ApiError(400, `Block Device Mapping is Invalid: the flavor boots from ${local ? "local" : "block"} storage, not ${to}.`);
      if (!local && (size === undefined || size < least || size > most))
        throw new ApiError(400, `Block Device Mapping is Invalid: a root volume has ${least} to ${most} GB, not ${size}.`);
    }
  },
  volume(inputs) {
    if (inputs.enableOnlineResize === true) throw new ApiError(400, "volume is in use, and microversion 3.42 is not known");
  },
};

function unrecognized(attribute: string): ApiError {
  return new ApiError(400, `Unrecognized attribute(s) '${attribute}'`);
}
