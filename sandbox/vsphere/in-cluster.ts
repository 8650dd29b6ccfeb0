import { ApiError, newId } from "../cloud/cloud";
import type { SimulatedParts } from "../cloud/in-cluster";
import { text } from "../values";
import { refuseFull } from "./inventory";
import type { VSphere } from "./names";
import { datastoreOf } from "./world";

/** vSphere's driver of volumes, as far as vCenter sees what it does: first class disks, which are no machine's own. */
export const PARTS: SimulatedParts<VSphere> = {
  volumes: {
    provisioner: "csi.vsphere.vmware.com",
    make(cloud, { uid, sizeGiB, retain, parameters }) {
      if (cloud.store.list("firstClassDisk").some((one) => one.claim === uid)) return;
      const [policy, url] = [text(parameters, "storagepolicyname"), text(parameters, "datastoreurl")];
      if (policy !== "" && cloud.byName("storagePolicies", policy) === undefined)
        throw new ApiError("Internal", `Storage policy name "${policy}" not found in VC`);
      const datastore = datastoreFor(cloud, url);
      refuseFull(cloud, datastore);
      const id = newId();
      cloud.store.put("firstClassDisk", { id, name: `pvc-${uid}`, datastore, size: sizeGiB, policy, claim: uid, retain });
    },
    release(cloud, standing) {
      for (const one of cloud.store.list("firstClassDisk"))
        if (typeof one.claim === "string" && one.retain !== true && !standing.has(one.claim)) cloud.store.delete("firstClassDisk", one.id);
    },
  },
};

/** Where a disk is made: on the datastore that is asked for, else on one where the driver's user may. */
function datastoreFor(cloud: VSphere, url: string): string {
  const mayUse = ({ name }: { readonly name: string }): boolean => !cloud.existing("withoutPrivilege").includes(name);
  if (url === "") {
    const found = cloud.things("datastores").find(mayUse);
    if (found === undefined) throw new ApiError("Internal", "auth service could not find datastore for block volume provisioning");
    return found.name;
  }
  const asked = cloud.byName("datastores", datastoreOf(url) ?? "");
  if (asked === undefined)
    throw new ApiError("Internal", `Datastore: ${url} specified in the storage class is not accessible to all nodes`);
  if (!mayUse(asked)) throw new ApiError("Internal", "auth service could not find datastore for block volume provisioning");
  return asked.name;
}
