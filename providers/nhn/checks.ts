import { everyMachine } from "../../model/environment/machines";
import type { Environment } from "../../model/environment/types";
import type { Findings } from "../../model/problems";
import { checkGroups, checkLabels } from "../openstack/checks";
import { NHN } from "./dialect";
import { LOCAL_FLAVORS, nhnLimits } from "./names";

/** What NHN Cloud cannot do, or has to be told. */
export function checkNhn(environment: Environment, findings: Findings): void {
  checkLabels(environment, NHN, findings);
  checkGroups(environment, NHN, findings);
  checkNetwork(environment, findings);
  checkPlace(environment, findings);
  checkDisks(environment, findings);
}

function checkNetwork({ network }: Environment, findings: Findings): void {
  if (network.existing === undefined)
    findings.error(
      "infrastructure.network.existing",
      "NHN Cloud's OpenStack API makes no networks: VPC, subnet, routing table and internet gateway are made in its console, or by its own provider",
      "make them there, with the internet gateway at the subnet's routing table, and name them: existing: { network: VPC, subnets: { node: SUBNET } }",
    );
  else if (network.existing.router !== undefined)
    findings.error(
      "infrastructure.network.existing.router",
      "NHN Cloud has routing tables, and no routers that could be asked for",
      "take it out",
      network.existing.router,
    );
}

function checkPlace({ region, image }: Environment, findings: Findings): void {
  const regions = nhnLimits.regions.join(", ");
  if (region === undefined)
    findings.error("infrastructure.region", "NHN Cloud's catalogue holds several regions", `name one of: ${regions}`);
  else if (!nhnLimits.regions.some((each) => each === region))
    findings.error("infrastructure.region", "is no region of NHN Cloud that its documents name", `use one of: ${regions}`, region);
  if (image === undefined)
    findings.error(
      "infrastructure.image",
      "NHN Cloud renames its images with every release of them, so none can be there by default",
      "give the name that its console shows, or the id: `openstack image list`",
    );
}

function checkDisks(environment: Environment, findings: Findings): void {
  const { groups, zones } = environment;
  const everywhere = groups.filter(({ volumes, machines }) => volumes.length > 0 && machines.some(({ zone }) => zone === undefined));
  if (zones.length === 0 && everywhere.length > 0)
    findings.error(
      "infrastructure.zones",
      `NHN Cloud attaches a volume within its zone only, and without a zone chooses one for each by itself: volumes of ${everywhere.map(({ name }) => name).join(", ")}`,
      "name zones, as kr-pub-a and kr-pub-b are in KR1",
    );
  const local = everyMachine(environment).filter(({ machine }) => LOCAL_FLAVORS.test(machine.size));
  for (const { group } of new Map(local.map((each) => [each.group.name, each])).values())
    findings.warn(
      `${group.path}.size`,
      "u2 flavors boot from a disk of their host, of the flavor's size and with no promise of its speed, and can never change to another flavor",
      "use m2, c2 or r2 for what is to last",
    );
}
