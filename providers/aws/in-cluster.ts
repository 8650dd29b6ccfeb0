import type { CloudParts, PartSurroundings } from "../../model/cloud-parts";
import { awsOf } from "./plan";

/** The type of volumes by itself. */
const TYPE = "gp3";

const ON_CONTROL_PLANES = {
  nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
  tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
};

/** The driver of EBS volumes (github.com/kubernetes-sigs/aws-ebs-csi-driver). What makes and attaches them has the role of the control planes it runs on. */
export const inCluster: CloudParts = {
  volumes: {
    values: volumesValues,
    // The chart knows no way to have it in its machine's own network.
    asksMetadata: true,
    // What it asks is behind HTTPS, as images and packages are.
    flows: () => [],
    provisioner: "ebs.csi.aws.com",
    parameters: (type, plan) => {
      const { kmsKey } = awsOf(plan);
      return { type: type ?? TYPE, encrypted: "true", ...(kmsKey === undefined ? {} : { kmsKeyId: kmsKey }) };
    },
  },
};

function volumesValues({ environment, service, image }: PartSurroundings): Readonly<Record<string, unknown>> {
  const resources = service.resources ?? {};
  const sidecar = (role: string) => ({ image: image(role), resources });
  return {
    image: image("driver"),
    sidecars: {
      provisioner: sidecar("provisioner"),
      attacher: sidecar("attacher"),
      snapshotter: sidecar("snapshotter"),
      resizer: sidecar("resizer"),
      livenessProbe: sidecar("livenessProbe"),
      nodeDriverRegistrar: sidecar("registrar"),
    },
    controller: {
      ...ON_CONTROL_PLANES,
      region: environment.cloud.region,
      replicaCount: service.replicas,
      resources,
      // What the role may change bears this tag: the volumes are given it as they are made.
      k8sTagClusterId: environment.environment,
      extraVolumeTags: { ...environment.labels },
      podDisruptionBudget: { enabled: service.replicas > 1 },
    },
    node: {
      resources,
      enableWindows: false,
      tolerateAllTaints: true,
      // In one hop the metadata answers machines alone. Here it says which one it is; workers have no role that it could lend out.
      hostNetwork: true,
      metadataSources: "imds",
    },
    defaultStorageClass: { enabled: false },
    // A pod of the chart's own, which would try the driver.
    helmTester: { enabled: false },
  };
}
