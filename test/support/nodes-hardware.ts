import { chmodSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeFolder } from "../../host/files";
import { realApi } from "../../sandbox/kubernetes/real/api";
import { giveAddresses } from "../../sandbox/kubernetes/real/hardware";
import { at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf } from "../../sandbox/kubernetes/values";

/*
 * A program that plays, beside a cluster of real nodes, what images that cannot be had would do there: `nodes-hardware.js WORLD SHARES`.
 * The NFS provisioner: for each claim of its class a folder of the share, named as it names them, and a volume that is mounted from its server,
 * as long as its own pod is there. MetalLB and the ingress controller: addresses of Services and Ingresses.
 */

/** Makes volumes as nfs-subdir-external-provisioner 4.0.2 does: NAMESPACE-CLAIM-VOLUME below the share, which anybody may write to. */
async function provision(api: NonNullable<ReturnType<typeof realApi>>, shares: string): Promise<void> {
  const share = (await api.list("apps/v1/Deployment")).flatMap(shareOf)[0];
  if (share === undefined) return;
  const classes = await api.list("storage.k8s.io/v1/StorageClass");
  for (const claim of await api.list("v1/PersistentVolumeClaim")) {
    const storageClass = classes.find((one) => nameOf(one) === at(claim, "spec.storageClassName"));
    if (at(claim, "status.phase") !== "Pending" || storageClass?.provisioner !== "cp-nfs-provisioner") continue;
    const name = `pvc-${String(claim.metadata.uid)}`;
    const path = join(String(share.path), `${namespaceOf(claim)}-${nameOf(claim)}-${name}`);
    makeFolder(join(shares, path));
    chmodSync(join(shares, path), 0o777);
    await api.apply({}, volumeFor(claim, storageClass, name, { server: share.server, path }));
  }
}

function volumeFor(claim: KubeObject, storageClass: Fields, name: string, nfs: Fields): Fields {
  const { accessModes, storageClassName, resources } = fields(claim.spec);
  const claimRef = { apiVersion: "v1", kind: claim.kind, name: nameOf(claim), namespace: namespaceOf(claim), uid: claim.metadata.uid };
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
      ...{ accessModes, storageClassName, claimRef, nfs },
      capacity: { storage: at(resources, "requests.storage") },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
    },
  };
}

/** The share that a provisioner which is ready has mounted itself. */
function shareOf(deployment: KubeObject): Fields[] {
  if (namespaceOf(deployment) !== "nfs-provisioner" || Number(at(deployment, "status.readyReplicas") ?? 0) === 0) return [];
  return list(at(deployment, "spec.template.spec.volumes")).flatMap((volume) => {
    const nfs = at(volume, "nfs");
    return nfs === undefined ? [] : [fields(nfs)];
  });
}

async function main([world = "", shares = ""]: readonly string[]): Promise<void> {
  for (;;) {
    const api = realApi(world);
    try {
      if (api !== undefined) {
        await provision(api, shares);
        await giveAddresses(api);
      }
    } catch (error) {
      console.error(error); // a server that is away is asked again
    }
    await pause(1_000);
  }
}

void main(process.argv.slice(2));
