import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { type ComponentResourceOptions, type Output, output } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { certificateAuthority, trustOf } from "../certificates";
import { exporterFiles, exporterPod } from "../exporter";
import { secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { NodeExporterArgs } from "./args";
import { EXPORTER, FOLDERS_OF_NODE, SHOWN, shownBy } from "./workload";

/** Prometheus' node_exporter on every node, by TLS, and met by whoever measures alone. */
export class NodeExporter extends PlatformService {
  /** What signed its certificate. PEM. */
  readonly ca: Output<string>;

  constructor(name: string, given: NodeExporterArgs, opts?: ComponentResourceOptions) {
    const args = planned("nodeExporter", given);
    super(serviceType("NodeExporter"), name, args, opts);
    const { plan } = args;
    const { workload } = EXPORTER;
    // It mounts folders of its node, to read: no other standard allows one.
    this.createNamespace("privileged");
    const authority = args.authority ?? certificateAuthority(this.childName("tls"), workload, this);
    this.ca = output(trustOf(authority));
    const files = exporterFiles(this.childName("tls"), EXPORTER, plan.namespace, authority, this);
    const told = this.secret("tls", workload, workload, { ...files, [SHOWN]: shownBy() });
    this.serviceAccount("account", workload);
    const pod = exporterPod(plan, EXPORTER, this.podLabels(workload), secretHash(...Object.values(files)));
    new DaemonSet(
      this.childName("exporter"),
      {
        metadata: this.metadata(workload, workload),
        spec: {
          selector: { matchLabels: { ...selectorLabels(workload) } },
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%" } },
          template: {
            metadata: pod.metadata,
            spec: {
              ...pod.spec,
              // Every node is measured.
              tolerations: [{ operator: "Exists" }],
              containers: pod.spec.containers.map((each) => ({ ...each, volumeMounts: [...each.volumeMounts, ...FOLDERS_OF_NODE.mounts] })),
              volumes: [...pod.spec.volumes, ...FOLDERS_OF_NODE.volumes],
            },
          },
        },
      },
      this.inCluster({ dependsOn: [told] }),
    );
    this.registerOutputs({});
  }
}
