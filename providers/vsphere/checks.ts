import type { Environment } from "../../model/environment/types";
import { operatingSystem } from "../../model/plan/operating-system";
import type { Findings } from "../../model/problems";
import { checkStorage } from "./checks-storage";
import { ownTags, vsphereLimits } from "./names";
import { type VSphereOptions, vsphereOptions } from "./plan";

const FIELD = "infrastructure.vsphere";

/** What vSphere has not, and what only this cloud's options can have wrong. */
export function checkVSphere(environment: Environment, findings: Findings): void {
  const options = vsphereOptions(environment.cloud);
  checkLacking(environment, findings);
  checkImage(environment, findings);
  checkAccess(environment, options, findings);
  checkNetwork(environment, options, findings);
  checkZones(environment, options, findings);
  checkVolumes(environment, findings);
  checkStorage(environment, options, findings);
  for (const key of Object.keys(environment.labels).filter((each) => ownTags.includes(each)))
    findings.error(`labels.${key}`, "is set by the plan", "take it out", environment.labels[key]);
}

/** What other clouds have and the file may still name. */
function checkLacking({ access, network, region }: Environment, findings: Findings): void {
  if (region !== undefined)
    findings.error("infrastructure.region", "vSphere has no regions", `take it out: ${FIELD}.datacenter says where`, region);
  if (access.keyPair !== undefined)
    findings.error(
      "infrastructure.access.ssh.keyPair",
      "vSphere keeps no key pairs",
      "give publicKey beside privateKey, or neither to have a pair generated",
      access.keyPair,
    );
  if (network.existing !== undefined)
    findings.error(
      "infrastructure.network.existing",
      "on vSphere the network is always there already",
      `take it out, and name the port group at ${FIELD}.network`,
    );
}

/** A guest is told its address in netplan's form, for whatever its card is called: other systems take no such pattern. */
function checkImage({ image }: Environment, findings: Findings): void {
  if (image === undefined || operatingSystem(image) === "debian") return;
  findings.error(
    "infrastructure.image",
    `machines are told their address in netplan's form, and "${image}" is of a system that does not take it`,
    `choose a template of Ubuntu or Debian, and say so by its name (${FIELD}.template may have another)`,
    image,
  );
}

/** Without a firewall nobody is kept out, whatever the file says of who may come in. */
function checkAccess({ access, name }: Environment, { firewall }: VSphereOptions, findings: Findings): void {
  if (firewall === "none" && access.adminCidrs.length > 0)
    findings.warn(
      "infrastructure.access.adminCidrs",
      `keeps nobody out: ${FIELD}.firewall is none, and vSphere has no other`,
      `take that out, or have the network's firewall do it: \`kpaas plan ${name} --show flows --format csv\` is the request`,
    );
}

/** Nobody but the file's author knows what addresses a port group's network has, and who resolves names in it. */
function checkNetwork({ network }: Environment, options: VSphereOptions, findings: Findings): void {
  if (network.byDefault)
    findings.error(
      "infrastructure.network.cidr",
      `the network of the port group ${options.network} is there already, and nobody says what addresses it has`,
      "give it, its gateway, and at reserved the addresses of it that others have, DHCP's range too",
    );
  if (network.dns.length === 0)
    findings.warn(
      "infrastructure.network.dns",
      "nobody tells the machines a resolver: their addresses are fixed, and vSphere has none",
      "give the addresses of yours",
    );
}

function checkZones({ zones }: Environment, options: VSphereOptions, findings: Findings): void {
  for (const zone of Object.keys(options.zones))
    if (!zones.includes(zone))
      findings.warn(
        `${FIELD}.zones.${zone}`,
        `is none of infrastructure.zones (${zones.join(", ") || "there are none"}): no new machine is put there`,
        "name it there too; leave it as long as machines stand in it",
      );
}

function checkVolumes({ groups }: Environment, findings: Findings): void {
  for (const { path, volumes } of groups)
    if (volumes.length > vsphereLimits.volumes)
      findings.error(
        `${path}.volumes`,
        `are ${volumes.length}, and a machine has room for ${vsphereLimits.volumes} beside the disk it boots from`,
        "take some out, or spread them over another pool",
      );
}
