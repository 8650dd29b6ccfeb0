import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import type { ComponentResourceOptions, CustomResourceOptions, Output, Resource } from "@pulumi/pulumi";
import type { ChartRef } from "../../../model/charts/charts-of";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { certificateAuthority, serverCertificate } from "../certificates";
import { releaseArgs } from "../helm";
import { imageOf } from "../objects";
import { PlatformService } from "../service";
import type { RookCephArgs } from "./args";
import { cephClasses } from "./classes";
import { driverValues } from "./drivers";
import { CLASSES, DAEMON_PORTS, daemonLabels, GATEWAY_PORT, MONITOR_PORT, NAMES } from "./names";
import { blockPoolSpec, clusterSpec, fileSystemSpec, objectStoreSpec } from "./specs";
import { rookValues } from "./values";

/** What Ceph needs to come up on empty disks. */
const COMES_UP = "30m";

/**
 * Ceph on disks of the cluster's own machines, by the operator Rook: blocks, files, and buckets where they are wanted, each block on several
 * machines. It takes the disks that it is given and no other. What it says on the network is encrypted.
 */
export class RookCeph extends PlatformService {
  /** Name of the default storage class: of volumes that pods on several nodes can have at once. */
  readonly className: string;
  /** Name of the class of volumes for one node at a time. */
  readonly blockClassName: string = CLASSES.block;
  /** Where buckets are reached in the cluster; undefined without them. */
  readonly bucketsUrl?: string;
  /** What signed that server's certificate. PEM. */
  readonly bucketsCa?: Output<string>;

  /** @throws Error for a disk of which nobody knows a path that stays */
  constructor(name: string, given: RookCephArgs, opts?: ComponentResourceOptions) {
    const args = planned("rookCeph", given);
    super(serviceType("RookCeph"), name, args, opts);
    const { plan, ceph } = args;
    this.className = args.className;
    const kept = args.retainData ? { retainOnDelete: true } : {};
    // privileged: the daemons write disks of their machines, and the drivers mount volumes there for kubelet.
    this.createNamespace("privileged", { ...(args.retainData ? { retain: true } : {}), withCluster: true });
    this.openPorts(ceph.objects);

    const operator = this.release(rookValues(plan, ceph), "nothing", [], kept);
    const protect = args.protectData || this.protectsData;
    const drivers = plan.charts?.drivers && this.createDrivers(plan.charts.drivers, args, { ...kept, dependsOn: [operator] });
    const cluster = this.object("cluster", "CephCluster", NAMES.cluster, clusterSpec(ceph, imageOf(plan, "ceph"), args.devices), {
      ...kept,
      // In the order of Rook's guide: its operator, the drivers, Ceph.
      dependsOn: drivers ? [operator, drivers] : [operator],
      protect: protect === true,
    });
    const held = { ...kept, dependsOn: [cluster] };
    const pools: Resource[] = [
      this.object("blocks", "CephBlockPool", NAMES.blocks, blockPoolSpec(ceph), held),
      this.object("files", "CephFilesystem", NAMES.files, fileSystemSpec(ceph), held),
    ];
    if (ceph.objects) {
      const buckets = this.createObjectStore(args, held);
      pools.push(buckets.store);
      this.bucketsUrl = buckets.url;
      this.bucketsCa = buckets.ca;
    }
    for (const { name: className, byDefault, provisioner, parameters, grows } of cephClasses(plan.namespace, args.className, ceph.objects))
      new StorageClass(
        this.childName(`class-${className}`),
        {
          metadata: {
            ...this.clusterMetadata(className),
            annotations: { "storageclass.kubernetes.io/is-default-class": String(byDefault) },
          },
          provisioner,
          parameters: { ...parameters },
          reclaimPolicy: ceph.reclaim === "retain" ? "Retain" : "Delete",
          volumeBindingMode: "Immediate",
          ...(grows ? { allowVolumeExpansion: true } : {}),
        },
        this.inCluster({ dependsOn: pools }),
      );
    this.registerOutputs({});
  }

  /** Who comes shows a key of Ceph's own. Volumes are mounted from the network of the nodes, which not every pod network can name. */
  private openPorts(objects: boolean): void {
    this.allowIngress("allow-own", {}, [], [{ podSelector: {} }]);
    this.allowIngress("allow-monitors", daemonLabels("mon"), [MONITOR_PORT]);
    this.allowIngress("allow-disks", daemonLabels("osd"), [DAEMON_PORTS]);
    this.allowIngress("allow-files", daemonLabels("mds"), [DAEMON_PORTS]);
    if (objects) this.allowIngress("allow-buckets", daemonLabels("rgw"), [GATEWAY_PORT], [{ namespaceSelector: {} }]);
  }

  /**
   * What mounts volumes, by a chart of its own since Rook 1.20. It takes over what Rook made of it before. Where that fails it is left as it is, since
   * undone it would be deleted; the next run puts all of it as it is to be, of which Helm would else see nothing that changed.
   */
  private createDrivers(chart: ChartRef, { plan, ceph }: PlannedArgs<RookCephArgs>, opts: CustomResourceOptions): Release {
    const values = driverValues(plan, ceph);
    return new Release(
      this.childName("drivers"),
      { ...releaseArgs(chart.name, plan.namespace, chart, values), atomic: false, takeOwnership: true, forceUpdate: true },
      this.inCluster(opts),
    );
  }

  private createObjectStore(
    { plan, ceph, authority: given }: PlannedArgs<RookCephArgs>,
    held: CustomResourceOptions,
  ): { readonly store: Resource; readonly url: string; readonly ca: Output<string> } {
    const server = `rook-ceph-rgw-${NAMES.objects}.${plan.namespace}.svc`;
    const authority = given ?? certificateAuthority(this.childName("tls"), NAMES.objects, this);
    const { certificate, key } = serverCertificate(this.childName("tls"), { dnsNames: [server] }, authority, this);
    const tls = this.secret("tls-secret", NAMES.objectsTls, NAMES.objects, { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls");
    const dependsOn = [...(held.dependsOn as Resource[]), tls];
    const store = this.object("objects", "CephObjectStore", NAMES.objects, objectStoreSpec(ceph), { ...held, dependsOn });
    return { store, url: `https://${server}`, ca: authority.certificate };
  }

  /** An object of Rook's, which is there once its operator says so. */
  private object(role: string, kind: string, name: string, spec: object, extra: CustomResourceOptions): CustomResource {
    const annotations = { "pulumi.com/waitFor": "jsonpath={.status.phase}=Ready" };
    return new CustomResource(
      this.childName(role),
      { apiVersion: "ceph.rook.io/v1", kind, metadata: this.metadata(name, name, { annotations }), spec },
      this.inCluster({ ...extra, customTimeouts: { create: COMES_UP, update: COMES_UP, delete: COMES_UP } }),
    );
  }
}
