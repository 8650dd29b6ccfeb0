import { fields } from "../../model/data";
import type { Environment } from "../../model/environment/types";
import { planFloating } from "../../model/plan/floating";
import type { Findings } from "../../model/problems";
import type { Dialect } from "./dialect";
import { isId, openstackLimits, openstackTags, ownMetadata } from "./names";

/** What of the environment's labels the cloud cannot keep; keys and values it does not take are rewritten (`names.ts`). */
export function checkLabels({ labels }: Environment, { title, tags, limits }: Dialect, findings: Findings): void {
  const keys = Object.keys(labels);
  for (const key of keys.filter((each) => ownMetadata.includes(each)))
    findings.error(`labels.${key}`, "is set by the plan", "take it out", labels[key]);
  if (keys.length > limits.labels)
    findings.error(
      "labels",
      tags
        ? `${keys.length} labels are more than ${title} keeps: an object has at most ${openstackLimits.tag.items} tags, and one is the environment's name`
        : `${keys.length} labels are more than ${title} keeps: a machine has at most ${openstackLimits.serverMetadata.items} pieces of metadata, and some are the plan's`,
      `leave ${limits.labels} or fewer`,
    );
  if (!tags) return;
  const seen = new Map<string, string>();
  for (const key of keys) {
    const [tag = ""] = openstackTags({ [key]: labels[key] ?? "" });
    const other = seen.get(tag.toLowerCase());
    if (other === undefined) seen.set(tag.toLowerCase(), key);
    else
      findings.error(
        `labels.${key}`,
        `differs from ${other} in capitals only: OpenStack keeps one tag for both`,
        "take one of the two out",
      );
  }
}

/** The server groups that the file names: of machines that there are, and by ids, since nobody can be asked for one by its name. */
export function checkGroups({ cloud, groups }: Environment, { provider, title }: Dialect, findings: Findings): void {
  const names = groups.map(({ name }) => name);
  for (const [group, id] of Object.entries(fields(fields(cloud).serverGroups))) {
    const path = `infrastructure.${provider}.serverGroups.${group}`;
    if (!names.includes(group)) findings.error(path, "names no machines of the environment", `use one of: ${names.join(", ")}`);
    if (typeof id === "string" && !isId(id))
      findings.error(path, `${title} can be asked for a server group by its id only`, "give its id: `openstack server group list`", id);
  }
}

/** Volumes are made in the zones of machines, which the file then has to name. */
export function checkVolumeZones({ cloud, zones }: Environment, findings: Findings): void {
  if (fields(cloud).volumesInZones !== true || zones.length > 0) return;
  findings.error(
    "infrastructure.openstack.volumesInZones",
    "no zones are named: nova chooses one for each machine by itself, and Cinder one for each volume",
    "name them at infrastructure.zones, or take it out",
    true,
  );
}

/** A router is joined by a network that is made: one that is there has its way out already. */
export function checkRouter({ cloud, network }: Environment, findings: Findings): void {
  const { router } = fields(cloud);
  if (router === undefined || network.existing === undefined) return;
  findings.error(
    "infrastructure.openstack.router",
    "a network that is there is joined to no router",
    "take it out, or name the router at infrastructure.network.existing.router",
    router,
  );
}

/** Neutron leads a floating address through a router of the network. */
export function checkWayOut(environment: Environment, findings: Findings): void {
  const { existing } = environment.network;
  if (existing === undefined || existing.router !== undefined) return;
  const [first, ...more] = Object.keys(planFloating(environment));
  if (first === undefined) return;
  findings.error(
    "infrastructure.network.existing.router",
    `is required: ${[first, ...more].join(", ")} ${more.length > 0 ? "need floating addresses" : "needs a floating address"}, which a router of the network leads to`,
    "name the router, or set infrastructure.network.floating to none where the network is reachable by itself",
  );
}
