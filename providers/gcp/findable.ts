import { type Findable, memberOf, textOf, type Values } from "../../model/findable";

/** An object's id follows from where it is and what it is called: `projects/P/…/NAME`. */
const at = (place: "global" | "regions" | "zones", kind: string): Findable => ({
  how: "id",
  id: (inputs) => {
    const { project, region, zone, name } = inputs;
    const within = place === "global" ? "global" : `${place}/${textOf(place === "regions" ? region : zone)}`;
    return `projects/${textOf(project)}/${within}/${kind}/${textOf(name)}`;
  },
});

/** Making it again does no harm: a policy holds each of its members once. What is known of one says what it is read by. */
const again = (id: (inputs: Values) => string): Findable => ({ how: "id", id: () => "", standing: { how: "id", id } });

/** What an object is called, by its link. */
export const lastPart = (link: unknown): string => textOf(link).split("/").at(-1) ?? "";

/** How every type of resource is found that an infrastructure on GCP registers. GCP's names are the ids: none is given twice. */
export const findable: Readonly<Record<string, Findable>> = {
  "gcp:compute/network:Network": at("global", "networks"),
  "gcp:compute/subnetwork:Subnetwork": at("regions", "subnetworks"),
  "gcp:compute/router:Router": at("regions", "routers"),
  "gcp:compute/routerNat:RouterNat": {
    how: "id",
    id: ({ project, region, router, name }: Values) => [project, region, router, name].map(textOf).join("/"),
  },
  "gcp:dns/policy:Policy": { how: "id", id: ({ project, name }) => `projects/${textOf(project)}/policies/${textOf(name)}` },
  "gcp:compute/firewall:Firewall": at("global", "firewalls"),
  "gcp:compute/address:Address": at("regions", "addresses"),
  "gcp:compute/image:Image": at("global", "images"),
  "gcp:compute/instance:Instance": at("zones", "instances"),
  "gcp:compute/disk:Disk": at("zones", "disks"),
  "gcp:compute/attachedDisk:AttachedDisk": {
    how: "id",
    id: ({ instance, disk }) => {
      const machine = textOf(instance).replace(/^.*?(projects\/)/, "$1");
      return machine === "" ? "" : `${machine}/${lastPart(disk)}`;
    },
  },
  "gcp:compute/instanceGroup:InstanceGroup": at("zones", "instanceGroups"),
  "gcp:compute/instanceGroupMembership:InstanceGroupMembership": {
    how: "id",
    id: ({ project, zone, instanceGroup, instance }) =>
      [textOf(project), textOf(zone), textOf(instanceGroup), lastPart(instance)].join("/"),
  },
  "gcp:compute/regionHealthCheck:RegionHealthCheck": at("regions", "healthChecks"),
  "gcp:compute/regionBackendService:RegionBackendService": at("regions", "backendServices"),
  "gcp:compute/forwardingRule:ForwardingRule": at("regions", "forwardingRules"),
  "gcp:serviceaccount/account:Account": {
    how: "id",
    id: ({ project, accountId }) =>
      `projects/${textOf(project)}/serviceAccounts/${textOf(accountId)}@${textOf(project)}.iam.gserviceaccount.com`,
  },
  "gcp:projects/iAMCustomRole:IAMCustomRole": {
    how: "id",
    id: ({ project, roleId }) => `projects/${textOf(project)}/roles/${textOf(roleId)}`,
  },
  "gcp:projects/iAMMember:IAMMember": again(({ project, role, member, condition }) =>
    [project, role, member, memberOf({ condition }, "condition").title].map(textOf).filter(Boolean).join("/"),
  ),
  "gcp:serviceaccount/iAMMember:IAMMember": again(({ serviceAccountId, role, member }) =>
    [serviceAccountId, role, member].map(textOf).join("/"),
  ),
};
