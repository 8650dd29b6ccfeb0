/** By what needs them, permissions as `SERVICE.KIND.VERB`: one kind after the other, its name once. */
const NEEDS: Readonly<Record<string, string>> = {
  // kubernetes/cloud-provider-gcp, providers/gce: gce_instances.go, gce_zones.go, gce_loadbalancer_{external,internal}.go, gce_firewall.go
  "cloud controller": `compute.instances.get list use
    compute.zones.get list compute.regions.get list compute.zoneOperations.get compute.regionOperations.get compute.globalOperations.get
    compute.addresses.create createInternal delete deleteInternal get list use useInternal
    compute.forwardingRules.create delete get list setLabels setTarget use
    compute.targetPools.addHealthCheck addInstance create delete get list removeHealthCheck removeInstance update use
    compute.regionBackendServices.create delete get list update use
    compute.healthChecks.create delete get list update use useReadOnly
    compute.regionHealthChecks.create delete get list update use useReadOnly
    compute.httpHealthChecks.create delete get list update use useReadOnly
    compute.instanceGroups.create delete get list update use
    compute.firewalls.create delete get list update
    compute.networks.get updatePolicy use compute.subnetworks.get use compute.projects.get`,
  // kubernetes-sigs/gcp-compute-persistent-disk-csi-driver, pkg/gce-cloud-provider/compute and deploy/setup-project.sh
  "driver of persistent disks": `compute.disks.create createSnapshot delete get list resize setLabels update use useReadOnly
    compute.instances.attachDisk detachDisk get list
    compute.snapshots.create delete get list setLabels useReadOnly
    compute.diskTypes.get list`,
};

/** What control planes may do, each once, in order. */
export const controllersPermissions: readonly string[] = [...new Set(Object.values(NEEDS).flatMap(permissionsIn))].sort();

/** The permissions of a row. */
export function permissionsIn(row: string): string[] {
  let kind = "";
  return row
    .trim()
    .split(/\s+/)
    .map((word) => {
      if (!word.includes(".")) return `${kind}.${word}`;
      kind = word.slice(0, word.lastIndexOf("."));
      return word;
    });
}
