import type { Environment } from "../../model/environment/types";
import type { Findings } from "../../model/problems";
import { placeOf, type VSphereOptions } from "./plan";
import { isDatastoreUrl } from "./volumes";

const FIELD = "infrastructure.vsphere";
const DRIVER = `${FIELD}.storageDriver`;

/** What vSphere's driver of volumes needs of the file, and what it could not do with it. */
export function checkStorage({ groups, platform, zones }: Environment, options: VSphereOptions, findings: Findings): void {
  const { allowUnverifiedSsl, server, storageDriver } = options;
  const { storage } = platform;
  if (storage.kind !== "cloud") {
    if (storageDriver !== undefined)
      findings.warn(DRIVER, `has no effect: platform.storage is ${storage.kind}`, "take it out, or set platform.storage.kind to cloud");
    return;
  }
  const wrong = findings.errorPaths.some((path) => path.startsWith(`${DRIVER}.`));
  if (storageDriver === undefined && !wrong)
    findings.error(
      DRIVER,
      "is required with platform.storage.kind cloud: the driver logs in to vCenter, and nobody here makes users there",
      "name one, and where its password is: plan --show permissions prints then which privileges it needs",
    );
  if (server === undefined)
    findings.error(
      `${FIELD}.server`,
      "is required with platform.storage.kind cloud: the driver runs in the cluster, where VSPHERE_SERVER is not known",
      "give vCenter's host name or address",
    );
  if (allowUnverifiedSsl && storageDriver?.ca === undefined)
    findings.error(
      `${DRIVER}.ca`,
      `is required beside ${FIELD}.allowUnverifiedSsl: the driver sends its password to nobody whom it cannot tell from vCenter`,
      "give the authority of vCenter's certificate, which https://SERVER/certs/download.zip has",
    );
  for (const [name, { type }] of Object.entries(storage.classes))
    if (type?.startsWith("ds:") && !isDatastoreUrl(type))
      findings.error(
        `platform.storage.classes.${name}.type`,
        "is no datastore's URL",
        "write it as `govc datastore.info` shows it, ds:///vmfs/volumes/ID/ with the slash at its end; or give the name of a storage policy",
        type,
      );
  for (const { path, volumes } of groups)
    if (volumes.length > 0)
      findings.error(
        `${path}.volumes`,
        "cannot be beside platform.storage.kind cloud: the provider that attaches them takes the driver's off the same machine",
        "take them out: have claims in their place, or another kind of storage",
      );
  checkZones(zones, options, findings);
}

/** The driver knows a node's zone by the tag of the compute cluster that it runs in, and a volume is made where one datastore is reached by all. */
function checkZones(zones: readonly string[], options: VSphereOptions, findings: Findings): void {
  const category = options.storageDriver?.zoneCategory;
  const field = `${DRIVER}.zoneCategory`;
  const places = zones.map((zone) => [zone, placeOf(options, zone)] as const);
  if (category === undefined) {
    const datastores = new Set(places.map(([, { datastore }]) => datastore));
    if (datastores.size > 1)
      findings.warn(
        field,
        `without it a volume is made on a datastore that all nodes reach, and those of the zones are others (${[...datastores].join(", ")})`,
        "give the category of tags by which the compute clusters are told apart; leave it where there is one that all reach",
      );
    return;
  }
  if (zones.length === 0)
    findings.error(field, "is for zones, and infrastructure.zones names none", "take it out, or name the zones", category);
  for (const [index, [zone, { cluster }]] of places.entries()) {
    const [twin] = places.slice(0, index).find(([, other]) => other.cluster === cluster) ?? [];
    if (twin !== undefined)
      findings.error(
        field,
        `tells zones by the compute cluster's tag, and ${twin} and ${zone} are of one cluster, ${cluster}`,
        "take it out: what all hosts of a cluster reach, both zones reach",
        category,
      );
  }
}
