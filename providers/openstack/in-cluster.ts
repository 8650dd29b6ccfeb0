import { type CloudParts, nodePortFlows, type PartSurroundings, type Told } from "../../model/cloud-parts";
import type { Environment } from "../../model/environment/types";
import type { Flow } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { ON_CONTROL_PLANES } from "../cluster-objects";
import { gcfg } from "../gcfg";
import { HOUR_IN_MS, makesIngressBalancer, type OpenStackOptions, openstackOf } from "./plan";

/** Where the services of an OpenStack are, by what they are asked for. */
const IDENTITY = 5000;
const COMPUTE = 8774;
const VOLUMES = 8776;
const NETWORK = 9696;
const BALANCERS = 9876;

const PLAIN_USER = { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532 };
const CONFINED = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } };

/** Both charts mount the whole Secret where the configuration in it is read. */
const AUTHORITY = { key: "ca.crt", path: "/etc/config/ca.crt" };

/** Names in what the infrastructure tells: ids of what it made, and the logins of the two. */
export const TOLD = {
  identity: "identity",
  region: "region",
  authority: "authority",
  subnet: "subnet",
  ingressPort: "ingressPort",
  ingressBalancer: "ingressBalancer",
  login: { controller: "controllerLogin", volumes: "volumesLogin" },
  secret: { controller: "controllerSecret", volumes: "volumesSecret" },
} as const;

/** The controller for balancers and the driver of Cinder's volumes, both of github.com/kubernetes/cloud-provider-openstack. */
export const inCluster: CloudParts = {
  controller: {
    values: controllerValues,
    secret: { name: "cloud-config", data: controllerConfig, readBy: ["podAnnotations"] },
    flows: controllerFlows,
    annotations: (plan, told) => ({
      // Either keeps the planned address, and the floating address that points to it. A Service that is internal would have that taken off.
      ...(makesIngressBalancer(plan)
        ? { "loadbalancer.openstack.org/load-balancer-id": told[TOLD.ingressBalancer] ?? "" }
        : { "loadbalancer.openstack.org/port-id": told[TOLD.ingressPort] ?? "" }),
      "service.beta.kubernetes.io/openstack-internal-load-balancer": String(plan.network.floating.ingress === undefined),
      // As at the API's balancer: the controller's 50 s would cut every idle WebSocket. OVN holds no connection of its own.
      ...(openstackOf(plan).loadBalancerProvider === "amphora" && {
        "loadbalancer.openstack.org/timeout-client-data": `${HOUR_IN_MS}`,
        "loadbalancer.openstack.org/timeout-member-data": `${HOUR_IN_MS}`,
      }),
    }),
  },
  volumes: {
    values: volumesValues,
    secret: {
      name: "cinder-csi-cloud-config",
      data: (_plan, told) => configuration(told, { Global: login("volumes", told) }),
      readBy: ["csi.plugin.controllerPlugin.podAnnotations", "csi.plugin.nodePlugin.podAnnotations"],
    },
    flows: () => [api([IDENTITY, COMPUTE, VOLUMES], "the cloud's identity, machines and volumes, for its driver of volumes")],
    provisioner: "cinder.csi.openstack.org",
    // Whether a volume is encrypted says its type.
    parameters: (type): Readonly<Record<string, string>> => (type === undefined ? {} : { type }),
  },
};

function api(ports: readonly number[], reason: string): Flow {
  return { from: "control-plane", to: "cidr:0.0.0.0/0", protocol: "tcp", ports, reason };
}

/** An amphora asks and leads from an address of its own in the network; OVN hands on who came. */
function controllerFlows({ access, cloud, network }: Environment): Flow[] {
  const { loadBalancerProvider } = cloud as OpenStackOptions;
  return [
    api([IDENTITY, NETWORK, BALANCERS], "the cloud's identity, network and balancers, for its controller"),
    ...nodePortFlows([network.cidr, ...(loadBalancerProvider === "ovn" ? access.ingressCidrs : [])]),
  ];
}

function controllerValues({ environment, service, image }: PartSurroundings): Readonly<Record<string, unknown>> {
  return {
    image: image("controller"),
    resources: service.resources ?? {},
    ...ON_CONTROL_PLANES,
    // Nodes, their names and their lives are this tool's: a controller that did not find one in the cloud by its name would delete it.
    enabledControllers: ["service"],
    cluster: { name: environment.environment },
    secret: { enabled: true, create: false, name: "cloud-config" },
    // It reads neither: they are for volumes of a kind that is no more, and for routes.
    extraVolumes: [],
    extraVolumeMounts: [],
    podSecurityContext: { runAsNonRoot: true, runAsUser: 1001, seccompProfile: { type: "RuntimeDefault" } },
    priorityClassName: "system-cluster-critical",
  };
}

function controllerConfig(plan: EnvironmentPlan, told: Told): Record<string, string> {
  const { loadBalancerProvider } = openstackOf(plan);
  const ovn = loadBalancerProvider === "ovn";
  const { floating } = plan.network;
  const LoadBalancer = {
    "lb-provider": loadBalancerProvider,
    "lb-method": ovn ? "SOURCE_IP_PORT" : "ROUND_ROBIN",
    "subnet-id": told[TOLD.subnet],
    // Nodes without a pod of the Service's are left out by it.
    "create-monitor": "true",
    // The plan's rules let it in, and nothing else may change them.
    "manage-security-groups": "false",
    // Where nothing of the environment is met from outside, no Service is.
    "internal-lb": String(floating.ingress === undefined),
  };
  return configuration(told, { Global: login("controller", told), LoadBalancer });
}

function volumesValues({ environment, service, image }: PartSurroundings): Readonly<Record<string, unknown>> {
  const part = (role: string) => ({ image: image(role), resources: service.resources ?? {} });
  return {
    csi: {
      attacher: part("attacher"),
      // With it a volume is asked for in the zone of its pod's machine, by nova's name, which Cinder has to know.
      provisioner: { ...part("provisioner"), topology: String(openstackOf(environment).volumesInZones === true) },
      snapshotter: part("snapshotter"),
      resizer: part("resizer"),
      livenessprobe: part("livenessProbe"),
      nodeDriverRegistrar: part("registrar"),
      plugin: {
        ...part("driver"),
        // The chart's other volume is a folder of the host's with certificates, which is not there.
        volumes: [],
        volumeMounts: [{ name: "cloud-config", mountPath: "/etc/config", readOnly: true }],
        controllerPlugin: {
          replicas: service.replicas,
          ...ON_CONTROL_PLANES,
          podSecurityContext: { ...PLAIN_USER, fsGroup: PLAIN_USER.runAsUser, fsGroupChangePolicy: "OnRootMismatch" },
          securityContext: { ...CONFINED, readOnlyRootFilesystem: true },
        },
        // Beside the driver itself, which mounts and so has every right.
        nodePlugin: { securityContext: CONFINED },
      },
    },
    secret: { enabled: true, hostMount: false, create: false, filename: "cloud.conf", name: "cinder-csi-cloud-config" },
    storageClass: { enabled: false },
    clusterID: environment.environment,
    priorityClassName: "system-cluster-critical",
  };
}

function configuration(told: Told, sections: Parameters<typeof gcfg>[0]): Record<string, string> {
  const authority = told[TOLD.authority];
  return { "cloud.conf": gcfg(sections), ...(authority && { [AUTHORITY.key]: authority }) };
}

function login(part: keyof typeof TOLD.login, told: Told): Readonly<Record<string, string | undefined>> {
  return {
    "auth-url": told[TOLD.identity],
    region: told[TOLD.region],
    // It alone is trusted then, as the provider does.
    "ca-file": told[TOLD.authority] && AUTHORITY.path,
    "application-credential-id": told[TOLD.login[part]],
    "application-credential-secret": told[TOLD.secret[part]],
  };
}
