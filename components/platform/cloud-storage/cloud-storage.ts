import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { StorageClassPlan } from "../../../model/plan/types";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { type CloudPartArgs, CloudPartService } from "../cloud-part";

/** Arguments of {@link CloudStorage}. */
export interface CloudStorageArgs extends CloudPartArgs {
  /** The storage classes; the first is the cluster's default. What a class says counts for the volumes that are made from then on. */
  readonly classes: readonly [StorageClassPlan, ...StorageClassPlan[]];
}

/** The driver of the cloud's own volumes, with storage classes. */
export class CloudStorage extends CloudPartService {
  /** Name of the default storage class. */
  readonly className: string;

  /** @throws Error where the environment's cloud has no such driver */
  constructor(name: string, given: CloudStorageArgs, opts?: ComponentResourceOptions) {
    const { provider } = given.environment;
    const args = planned({ name: "cloudStorage", cloudPart: "volumes" }, given, provider);
    super(serviceType("CloudStorage"), name, args, opts);
    const part = args.cloud.parts.volumes;
    if (part === undefined) throw new Error(`${provider} has no driver that makes volumes`);
    // On every node it mounts volumes for kubelet.
    this.createNamespace("privileged");
    const installed = this.install(part, args);
    const [first] = args.classes;
    for (const each of args.classes) {
      const parameters = part.parameters(each.type, args.environment);
      new StorageClass(
        this.childName(`class-${each.name}`),
        {
          metadata: {
            ...this.clusterMetadata(each.name),
            annotations: { "storageclass.kubernetes.io/is-default-class": String(each === first) },
          },
          provisioner: part.provisioner,
          // An API server keeps no empty map.
          ...(Object.keys(parameters).length > 0 && { parameters: { ...parameters } }),
          reclaimPolicy: each.reclaim === "retain" ? "Retain" : "Delete",
          // A volume is made where its first pod stands: most clouds attach one within its zone only.
          volumeBindingMode: "WaitForFirstConsumer",
          allowVolumeExpansion: true,
        },
        this.inCluster({ dependsOn: installed }),
      );
    }
    this.className = first.name;
    this.registerOutputs({});
  }
}
