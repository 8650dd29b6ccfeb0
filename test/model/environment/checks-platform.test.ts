import assert from "node:assert/strict";
import { environmentFile, planFile } from "../../support/environment";
import { findEach, type WrongFile } from "../../support/wrong-files";

const network = (over: Record<string, unknown>) => ({ infrastructure: { provider: "openstack", network: over } });
const reserved = (list: string[]) => network({ reserved: list });
const open = { infrastructure: { provider: "openstack", access: { ingressCidrs: ["0.0.0.0/0"] } } };

const wrong: readonly WrongFile[] = [
  ...["kube-system", "kubeflow", "all", "default", "cp-portal-temp-namespace", "keycloak", "metallb-system", "chaos-mesh"].map(
    (name): WrongFile => [
      `a tenant named ${name}`,
      { platform: { tenants: { [name]: {} } } },
      `platform.tenants.${name}`,
      /Kubernetes' own or of the platform's/,
    ],
  ),
  ...(
    [
      [{ limits: "high" }, "limits", /3Gi of memory, and the quota has 2Gi/],
      [{ quota: { cpu: "50m", memory: "2Gi" } }, "limits", /100m of cpu, and the quota has 50m/],
      [{ quota: { cpu: 2, memory: "2GB" } }, "quota.memory", /Kubernetes quantity/],
      [{ administrators: [{ group: "system:authenticated" }] }, "administrators.0.group", /no tenant gives rights to/],
      [{ users: [{ user: "kim" }, { user: "kim" }] }, "users.1.user", /in the list already/],
      [{ labels: { "pod-security.kubernetes.io/enforce": "privileged" } }, "labels.pod-security.kubernetes.io/enforce", /goes by/],
      [{ chaos: true }, "chaos", /Chaos Mesh, which is switched off/],
    ] as const
  ).map(
    ([tenant, field, reason]): WrongFile => [
      `the tenant ${JSON.stringify(tenant)}`,
      { platform: { tenants: { shop: tenant } } },
      `platform.tenants.shop.${field}`,
      reason,
    ],
  ),
  ...["/", "/var", "/etc", "/etc/nfs", "/usr/share/nfs", "/home", "/home/ubuntu", "/home/ubuntu/.ssh", "/var/lib/nfs/x", "/tmp/x"].map(
    (path): WrongFile => [
      `the share at ${path}`,
      { platform: { storage: { kind: "nfs", path } } },
      "platform.storage.path",
      /machine's own system/,
    ],
  ),
  ...["/srv/nfs share", "srv/nfs", "/srv//nfs", "/srv/nfs/", "/srv/nfs;x", "", "/srv/ñ"].map(
    (path): WrongFile => [
      `the share at "${path}"`,
      { platform: { storage: { kind: "nfs", path } } },
      "platform.storage.path",
      /must be an absolute path/,
    ],
  ),
  ...["/srv/../etc", "/..", "/srv/./x"].map(
    (path): WrongFile => [
      `the share at ${path}`,
      { platform: { storage: { kind: "nfs", server: "10.0.0.9", path } } },
      "platform.storage.path",
      /without \. and \.\./,
    ],
  ),
  ...(
    [
      [{ requests: { memory: "4Gi" }, limits: { memory: "1Gi" } }, "requests.memory", /more than the limit of 1Gi/],
      [{ requests: { cpu: 2 }, limits: { cpu: "1500m" } }, "requests.cpu", /more than the limit of 1500m/],
      [{ requests: { memory: "1G" }, limits: { memory: "900Mi" } }, "requests.memory", /more than the limit/],
      [{ limits: { cpu: 0 } }, "limits.cpu", /more than nothing/],
      [{ limits: { memory: "-1Gi" } }, "limits.memory", /more than nothing/],
      [{ requests: { memory: "2GB" } }, "requests.memory", /Kubernetes quantity/],
      [{ requests: { memory: "2gi" } }, "requests.memory", /Kubernetes quantity/],
      [{ requests: { memory: true } }, "requests.memory", /Kubernetes quantity/],
      [{ requests: { memory: 512 } }, "requests.memory", /512 bytes/],
      [{ requests: { memory: "400m" } }, "requests.memory", /0\.4 bytes/],
      [{ requests: { cpu: 2000 } }, "requests.cpu", /more than any machine/],
      [{ requests: { cpu: "1.5m" } }, "requests.cpu", /thousandths/],
      [{ requests: { cpu: "100u" } }, "requests.cpu", /nothing starts/],
    ] as const
  ).map(
    ([resources, field, reason]): WrongFile => [
      `the resources ${JSON.stringify(resources)}`,
      { platform: { services: { keycloak: { resources } } } },
      `platform.services.keycloak.resources.${field}`,
      reason,
    ],
  ),
  ...(
    [
      ["keycloak", { nodeSelector: { tier: "platform" } }, "nodeSelector", /no pool has all of these labels/],
      ["mariadb", { nodeSelector: { "kpaas.io/pool": "front" } }, "nodeSelector", /no pool has all of these labels/],
      ["portal", { nodeSelector: { "node-role.kubernetes.io/control-plane": "" } }, "tolerations", /control-plane:NoSchedule, which keep/],
      ["keycloak", { tolerations: ["gpu"] }, "tolerations.0", /key=value:Effect/],
      ["mariadb", { autoscaling: { maxReplicas: 3 } }, "autoscaling", /members must agree/],
      ["openbao", { autoscaling: { maxReplicas: 3 } }, "autoscaling", /members must agree/],
      ["certManager", { autoscaling: { maxReplicas: 3 } }, "autoscaling", /share no load/],
      ["portal", { autoscaling: { maxReplicas: 3 } }, "autoscaling", /memory of the pod/],
      ["keycloak", { replicas: 2, autoscaling: { maxReplicas: 3 } }, "replicas", /autoscaling says how many/],
      ["keycloak", { autoscaling: { minReplicas: 4, maxReplicas: 3 } }, "autoscaling.minReplicas", /more than maxReplicas/],
      ["keycloak", { autoscaling: { minReplicas: 1, maxReplicas: 3 } }, "autoscaling.minReplicas", /at least 2/],
      ["keycloak", { autoscaling: { maxReplicas: 3 }, resources: { limits: { memory: "1Gi" } } }, "autoscaling.cpuPercent", /request none/],
      ["keycloak", { reaches: ["10.0.0.1"] }, "reaches.0", /IPv4 network/],
    ] as const
  ).map(
    ([service, options, field, reason]): WrongFile => [
      `${service} with ${JSON.stringify(options)}`,
      { platform: { services: { [service]: options } } },
      `platform.services.${service}.${field}`,
      reason,
    ],
  ),
  [
    "load that nobody measures",
    { platform: { services: { metricsServer: false, keycloak: { autoscaling: { maxReplicas: 3 } } } } },
    "platform.services.keycloak.autoscaling",
    /goes by what metricsServer measures/,
  ],
  [
    "a fixed number of controllers that follow their load",
    { platform: { ingress: { replicas: 2, autoscaling: { maxReplicas: 3 } } } },
    "platform.ingress.replicas",
    /autoscaling says how many/,
  ],
  [
    "controllers on nodes that are not there",
    { platform: { ingress: { nodeSelector: { edge: "true" } } } },
    "platform.ingress.nodeSelector",
    /no pool/,
  ],
  [
    "Keycloak of before 26 by its load",
    { release: "1.6.2", platform: { services: { keycloak: { autoscaling: { maxReplicas: 3 } } } } },
    "platform.services.keycloak.autoscaling",
    /before Keycloak 26/,
  ],
  ["an authority twice", { platform: { tls: { kind: "selfSigned", authorities: [2, 2] } } }, "platform.tls.authorities", /each once/],
  ...[
    "seoul.local",
    "seoul.internal",
    "seoul.test",
    "kpaas.localhost",
    "k.home.arpa",
    "10.20.0.9.nip.io",
    "k-paas.192-168-3-4.sslip.io",
    "0a140009.nip.io",
    "x.localtest.me",
  ].map(
    (domain): WrongFile => [
      `ACME for ${domain}`,
      { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" }, domain } },
      "platform.domain",
      /no ACME authority can reach it/,
    ],
  ),
  [
    "ACME for the default domain",
    { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" } } },
    "platform.domain",
    /private address/,
  ],
  ["a domain that makes too long names", { platform: { domain: `${"a.".repeat(122)}io` } }, "platform.domain", /at most 253/],
  ["a domain of the cluster's own", { platform: { domain: "x.cluster.local" } }, "platform.domain", /only its pods/],
  [
    "a load-balancer range outside the network",
    { platform: { loadBalancer: { kind: "metallb", range: "10.21.0.1-10.21.0.9" } } },
    "platform.loadBalancer.range",
    /leaves the network/,
  ],
  [
    "a load-balancer range in too many blocks",
    { platform: { loadBalancer: { kind: "metallb", range: "10.20.8.1-10.20.15.254" } } },
    "platform.loadBalancer.range",
    /20 address pairs/,
  ],
  [
    "a machine in the load-balancer range",
    {
      cluster: { pools: { a: { nodes: { x: { address: "10.20.0.205" } } } } },
      platform: { loadBalancer: { kind: "metallb", range: "10.20.0.200-10.20.0.230" } },
    },
    "platform.loadBalancer.range",
    /the machine x/,
  ],
  [
    "an ingress outside the range",
    { platform: { loadBalancer: { kind: "metallb", range: "10.20.0.200-10.20.0.230" }, ingress: { address: "10.20.0.100" } } },
    "platform.ingress.address",
    /outside/,
  ],
  [
    "a service without the one it needs",
    { platform: { services: { mariadb: false } } },
    "platform.services.mariadb",
    /keycloak and portal need mariadb/,
  ],
  [
    "federation without NATS",
    { platform: { services: { openbao: true, portal: { federation: { kubeconfig: { env: "K" } } } } } },
    "platform.services.nats",
    /portal needs nats for federation, which is switched off/,
  ],
  [
    "federation without OpenBao",
    { platform: { services: { nats: true, portal: { federation: { kubeconfig: { env: "K" } } } } } },
    "platform.services.openbao",
    /portal needs openbao for federation/,
  ],
  [
    "Terraman without OpenBao",
    { platform: { services: { portal: { terraman: { host: "10.20.0.9", privateKey: { env: "K" } } } } } },
    "platform.services.openbao",
    /portal needs openbao for terraman/,
  ],
  [
    "programs that the release has not",
    { release: "1.6.2", platform: { services: { portal: { migration: true } } } },
    "platform.services.portal.migration",
    /release 1\.6\.2 has no image of cp-portal-migration-api, cp-portal-migration-ui, cp-portal-migration-auth/,
  ],
  [
    "more storage than the share has",
    { platform: { storage: { kind: "nfs", sizeGiB: 5 }, services: { mariadb: { size: "10Gi" } } } },
    "platform.storage",
    /10 GiB/,
  ],
  [
    "a share among the pods",
    { platform: { storage: { kind: "nfs", server: "10.233.64.10", path: "/x" } } },
    "platform.storage.server",
    /podCidr/,
  ],
  [
    "a share on each machine itself",
    { platform: { storage: { kind: "nfs", server: "127.0.0.1", path: "/x" } } },
    "platform.storage.server",
    /itself/,
  ],
  [
    "a share at localhost",
    { platform: { storage: { kind: "nfs", server: "localhost", path: "/x" } } },
    "platform.storage.server",
    /look up/,
  ],
  [
    "an ingress at a reserved address",
    { ...reserved(["10.20.0.0/28"]), platform: { ingress: { address: "10.20.0.5" } } },
    "platform.ingress.address",
    /reserved\.0/,
  ],
  [
    "a load-balancer range over reserved addresses",
    { ...reserved(["10.20.0.9"]), platform: { loadBalancer: { kind: "metallb", range: "10.20.0.8-10.20.0.15" } } },
    "platform.loadBalancer.range",
    /10\.20\.0\.9 of infrastructure\.network\.reserved\.0/,
  ],
  ["an address for the platform's domain", { platform: { domain: "192.0.2.10" } }, "platform.domain", /is an address/],
  ["a domain that ends in a number", { platform: { domain: "a.b.10" } }, "platform.domain", /end in a number/],
  ["a label of our own", { labels: { "kpaas-environment": "b" } }, "labels.kpaas-environment", /set by the plan/],
  [
    "more labels than OpenStack keeps",
    { labels: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`l${i}`, "x"])) },
    "labels",
    /50 labels are more/,
  ],
  ["labels that differ in capitals only", { labels: { Team: "a", team: "A" } }, "labels.team", /differs from Team/],
  ["a label key with an empty part", { labels: { "a..b/c": "v" } }, "labels.a..b/c", /label key/],
  [
    "a storage class that is none",
    { platform: { storage: { kind: "existing", className: "Fast SSD" } } },
    "platform.storage.className",
    /storage class/,
  ],
  ["a label too long", { labels: { a: "x".repeat(64) } }, "labels.a", /at most 63/],
  [
    "a size of a share that is given",
    { platform: { storage: { kind: "nfs", server: "10.0.0.9", path: "/x", sizeGiB: 9 } } },
    "platform.storage.sizeGiB",
    /has its own size/,
  ],
  ["a server without a path", { platform: { storage: { kind: "nfs", server: "10.0.0.9" } } }, "platform.storage.path", /required/],
  [
    "a server that is none",
    { platform: { storage: { kind: "nfs", server: "10.0.0.999", path: "/x" } } },
    "platform.storage.server",
    /host name/,
  ],
  ["a share too small for what is on", { platform: { storage: { kind: "nfs", sizeGiB: 5 } } }, "platform.storage", /10 GiB/],
  [
    "a share too small for the volumes of all members",
    { platform: { storage: { kind: "nfs", sizeGiB: 25 }, services: { mariadb: { replicas: 3 } } } },
    "platform.storage",
    /30 GiB/,
  ],
  [
    "a volume for what keeps nothing",
    { platform: { services: { metricsServer: { size: 3 } } } },
    "platform.services.metricsServer.size",
    /keeps nothing/,
  ],
  [
    "members of which two must agree",
    { platform: { services: { nats: { replicas: 2 } } } },
    "platform.services.nats.replicas",
    /an even number bears no loss more/,
  ],
  [
    "members of PostgreSQL of which two must agree",
    { platform: { services: { cloudnativePg: true, postgresql: { replicas: 4 } } } },
    "platform.services.postgresql.replicas",
    /an even number bears no loss more/,
  ],
  [
    "several members without who runs them",
    { platform: { services: { cloudnativePg: false, postgresql: { replicas: 3 } } } },
    "platform.services.cloudnativePg",
    /postgresql needs cloudnativePg for more than one replica, which is switched off/,
  ],
  [
    "several members of MariaDB without who runs them, as a profile has them",
    { profile: "highAvailability", platform: { services: { mariadbOperator: false } } },
    "platform.services.mariadbOperator",
    /mariadb needs mariadbOperator for more than one replica, which is switched off/,
  ],
  [
    "several of what is one",
    { platform: { services: { chartmuseum: { replicas: 2 } } } },
    "platform.services.chartmuseum.replicas",
    /runs as one instance/,
  ],
  [
    "a password as a value",
    { platform: { services: { harbor: { values: { harborAdminPassword: "x" } } } } },
    "platform.services.harbor.values.harborAdminPassword",
    /stands in a Secret of the platform's own/,
  ],
  [
    "values for what has no chart",
    { platform: { services: { keycloak: { values: {} } } } },
    "platform.services.keycloak.values",
    /not installed from a chart/,
  ],
  ...(["nginx", "traefik"] as const).map(
    (kind): WrongFile => [
      `${kind} beside itself`,
      { platform: { ingress: { kind, beside: kind } } },
      "platform.ingress.beside",
      /has the address/,
    ],
  ),
  [
    "values for a controller that is not there",
    { platform: { ingress: { values: { traefik: { log: { level: "DEBUG" } } } } } },
    "platform.ingress.values.traefik",
    /Traefik is not there/,
  ],
  ["an unknown release", { release: "9.9.9" }, "release", /no release/],
];

describe("the checks between fields of the platform, and of the file as a whole", () => {
  findEach(wrong);

  it("find no service in want of an ingress where it is named beside itself", () => {
    for (const kind of ["nginx", "traefik"]) {
      const { problems } = planFile(environmentFile({ platform: { ingress: { kind, beside: kind } } }));
      assert.deepEqual(
        problems.filter(({ severity }) => severity === "error").map(({ path }) => path),
        ["platform.ingress.beside"],
      );
    }
  });

  it("give each controller's chart the values that are its own", () => {
    const values = { nginx: { controller: { replicaCount: 3 } }, traefik: { deployment: { minReadySeconds: 5 } } };
    const { planned } = planFile(environmentFile({ platform: { ingress: { beside: "traefik", values } } }));
    const given = (name: string) => planned?.plan.services.find((each) => each.name === name)?.values;
    assert.deepEqual([given("ingress"), given("traefik")], [values.nginx, values.traefik]);
  });

  it("find nothing wrong with what is unusual and right", () => {
    const right: Record<string, unknown>[] = [
      { platform: { ingress: { beside: "traefik", values: { nginx: {}, traefik: { log: { level: "DEBUG" } } } } } },
      { platform: { storage: { kind: "nfs", server: "10.0.0.9", path: "/" } } },
      { platform: { storage: { kind: "nfs", path: "/srv/nfs" } } },
      { platform: { storage: { kind: "nfs", path: "/var/nfs" } } },
      {
        platform: { services: { keycloak: { resources: { requests: { cpu: 0.5, memory: "1e9" }, limits: { cpu: "2", memory: "1Gi" } } } } },
      },
      { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" }, domain: "211.45.1.2.nip.io" } },
      { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" }, domain: "seoul.kpaas.dev" } },
    ];
    for (const over of right) assert.deepEqual(planFile(environmentFile(over)).problems, [], JSON.stringify(over));
  });

  it("write the amounts of resources as texts, however the file has them", () => {
    const { planned } = planFile(
      environmentFile({
        platform: { services: { keycloak: { resources: { requests: { cpu: 2 }, limits: { cpu: 2.5, memory: "2Gi" } } } } },
      }),
    );
    assert.deepEqual(planned?.plan.services.find(({ name }) => name === "keycloak")?.resources, {
      requests: { cpu: "2" },
      limits: { cpu: "2.5", memory: "2Gi" },
    });
  });
});
