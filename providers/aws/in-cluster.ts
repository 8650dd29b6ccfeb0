import { type CloudParts, nodePortFlows, type PartSurroundings } from "../../model/cloud-parts";
import type { EnvironmentPlan } from "../../model/plan/types";
import { CONFINED, ON_CONTROL_PLANES, PLAIN_USER } from "../cluster-objects";
import { awsOf } from "./plan";

/** The type of volumes by itself. */
const TYPE = "gp3";

/** What the controller reads. */
const SETTINGS = { secret: "cloud-config", key: "cloud.conf", folder: "/etc/aws" };

/**
 * The controller for balancers (github.com/kubernetes/cloud-provider-aws), and the driver of EBS volumes
 * (github.com/kubernetes-sigs/aws-ebs-csi-driver). What makes and attaches them has the role of the control planes it runs on.
 */
export const inCluster: CloudParts = {
  controller: {
    // It asks for all machines by their ids, which it takes from here; their names are nothing to it.
    providerId: "aws:///{zone}/{id}",
    values: controllerValues,
    secret: { name: SETTINGS.secret, data: controllerSettings, readBy: ["podAnnotations"] },
    // A balancer has no security group of the controller's: its addresses, in the network, and clients that keep theirs meet the machines' own.
    flows: ({ access, network }) => nodePortFlows([network.cidr, ...access.ingressCidrs]),
    // The infrastructure's balancers lead to the ingress: the controller can give one no planned address.
    annotations: () => ({}),
  },
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

function controllerValues({ environment, service, image }: PartSurroundings): Readonly<Record<string, unknown>> {
  const { secret, folder, key } = SETTINGS;
  return {
    image: image("controller"),
    resources: service.resources ?? {},
    ...ON_CONTROL_PLANES,
    // Its role is the machine's, whose metadata answers in one hop.
    hostNetworking: true,
    args: [
      "--v=2",
      "--cloud-provider=aws",
      `--cloud-config=${folder}/${key}`,
      `--cluster-name=${environment.environment}`,
      // Nodes, their names and their lives are this tool's: a controller that did not find one in the cloud by its name would delete it.
      "--controllers=service",
      "--configure-cloud-routes=false",
      "--bind-address=127.0.0.1",
    ],
    extraVolumes: [{ name: secret, secret: { secretName: secret } }],
    extraVolumeMounts: [{ name: secret, mountPath: folder, readOnly: true }],
    podSecurityContext: PLAIN_USER,
    securityContext: CONFINED,
    clusterRoleRules: CONTROLLER_RULES,
  };
}

/** What of the chart's rules the one controller that runs has a use for. */
const CONTROLLER_RULES = [
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update"] },
  { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["services"], verbs: ["get", "list", "patch", "update", "watch"] },
  { apiGroups: [""], resources: ["services/status"], verbs: ["patch", "update"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create", "get", "list", "update", "watch"] },
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
];

/** As gcfg reads it. Rules of the machines' groups are the plan's, and nothing else changes them. */
function controllerSettings({ environment, cloud }: EnvironmentPlan): Record<string, string> {
  const settings = { Region: cloud.region ?? "", KubernetesClusterID: environment, DisableSecurityGroupIngress: "true" };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return { [SETTINGS.key]: ["[Global]", ...lines, ""].join("\n") };
}

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
