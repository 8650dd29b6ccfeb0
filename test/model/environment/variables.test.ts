import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import catalogue from "../../../catalog/kubespray-variables.json";
import { variablesPage } from "../../../dev/variables-page";
import { planContent } from "../../../files/plan-content";
import { registry } from "../../../files/registry";
import { knownNames } from "../../../model/environment/known-variables";
import { serversIn } from "../../../model/environment/variable-values";
import { isSecretName, rowOfVariable, unclassified } from "../../../model/environment/variables";
import { Findings, type Problem } from "../../../model/problems";
import { environmentFile, planFile } from "../../support/environment";

const closed = { provider: "openstack", access: { adminCidrs: [], ingressCidrs: [] } };
const content = (variables: Record<string, unknown>, cluster: Record<string, unknown> = {}) =>
  planContent(
    {
      registry,
      content: environmentFile({ infrastructure: closed, cluster: { ...cluster, variables } }),
      whole: true,
      fallbackName: "demo",
      readLock: () => undefined,
    },
    new Findings(),
    "2025-01-01",
  );

/** What a file with these variables is told about them: path from cluster.variables on, severity and reason. */
function told(variables: Record<string, unknown>, cluster?: Record<string, unknown>): string[] {
  const prefix = "cluster.variables.";
  return content(variables, cluster)
    .problems.filter(({ path }: Problem) => path.startsWith(prefix))
    .map(({ path, severity, reason }) => `${path.slice(prefix.length)} ${severity}: ${reason}`);
}

function flowsOf(variables: Record<string, unknown>, cluster?: Record<string, unknown>): string[] {
  const plain = new Set(content({}, cluster).planned?.plan.flows.map((flow) => JSON.stringify(flow)));
  const { planned, problems } = content(variables, cluster);
  assert.ok(planned, JSON.stringify(problems));
  const added = planned.plan.flows.filter((flow) => !plain.has(JSON.stringify(flow)));
  return added.map(({ from, to, protocol, ports }) => `${from} ${to} ${protocol} ${ports.join(",")}`);
}

const refused: readonly (readonly [name: string, value: unknown, reason: RegExp])[] = [
  ["kube_apiserver_port", 8443, /6443/],
  ["kube_pods_subnets", "10.0.0.0/16", /cluster\.network\.podCidr/],
  ["kube_service_subnets", "10.0.0.0/16", /cluster\.network\.serviceCidr/],
  ["calico_pool_cidr", "10.20.0.0/16", /cluster\.network\.podCidr/],
  ["node_labels", { a: "b" }, /cluster\.pools\.POOL\.labels/],
  ["node_taints", ["a=b:NoSchedule"], /cluster\.pools\.POOL\.taints/],
  ["etcd_member_name", "etcd1", /the plan/],
  ["ip", "10.0.0.1", /the plan/],
  ["access_ip", "10.0.0.1", /the plan/],
  ["ansible_host", "10.0.0.1", /the plan/],
  ["ansible_ssh_user", "root", /infrastructure\.access\.ssh\.user/],
  ["ansible_ssh_common_args", "-o ProxyCommand=x", /how hosts are reached/],
  ["ansible_become_method", "su", /how hosts are reached/],
  ["ansible_connection", "local", /how hosts are reached/],
  ["ingress_nginx_enabled", true, /platform\.ingress/],
  ["cilium_gateway_api_enabled", true, /kube-proxy's place/],
  ["metallb_enabled", true, /platform\.loadBalancer/],
  ["kube_vip_services_enabled", true, /platform\.loadBalancer/],
  ["kube_vip_controlplane_enabled", true, /cluster\.apiEndpoint/],
  ["kube_vip_address", "10.20.0.100", /cluster\.apiEndpoint/],
  ["metrics_server_host_network", true, /metricsServer/],
  ["cert_manager_enabled", true, /certManager/],
  ["registry_enabled", true, /registry/],
  ["cloud_provider", "external", /cloud controller/],
  ["external_openstack_lbaas_enabled", true, /cloud controller/],
  ["local_path_provisioner_enabled", true, /second default storage class/],
  ["calico_advertise_cluster_ips", true, /BGP/],
  ["peers", [], /BGP/],
  ["cilium_encryption_enabled", true, /encrypts/],
  ["flannel_vxlan_port", 8473, /port/],
  ["deploy_netchecker", true, /network checker/],
  ["calico_datastore", "etcd", /etcd/],
  ["ipv6_stack", true, /IPv6/],
  ["crictl_image_pull_command", "x", /run commands/],
  ["post_upgrade_hooks", ["x.yml"], /run commands/],
  ["download_localhost", true, /where the playbooks run/],
  ["image_command_tool_on_localhost", "crictl", /where the playbooks run/],
  ["image_command_tool", "docker", /crictl/],
  ["upgrade_cluster_setup", true, /single runs/],
  ["ignore_assert_errors", true, /checks/],
  ["ignore_assert_errors", "true", /checks/],
  ["unsafe_show_logs", true, /secrets/],
  ["kube_read_only_port", 10255, /read/],
  ["download_validate_certs", false, /right server/],
  ["crio_insecure_registries", ["10.0.0.2:5000"], /right server/],
  ["kube_webhook_token_auth_url_skip_tls_verify", true, /right server/],
  ["authorization_modes", ["AlwaysAllow"], /RBAC/],
  ["rbac_enabled", false, /let in/],
  ["kubelet_authorization_mode_webhook", false, /let in/],
  ["dns_mode", "none", /DNS/],
  ["typha_prometheusmetricsport", 99_999, /number of a port/],
  ["coredns_external_zones", [{ zones: ["a.example"], nameservers: ["dns.example"] }], /IPv4/],
  ["nodelocaldns_external_zones", [null], /IPv4/],
  ["dns_domain", "Prod_internal", /domain name/],
  ["http_proxy", "http://user:word@192.0.2.20:3128", /password in clear/],
  ["http_proxy", "proxy", /names no server/],
  ["https_proxy", { env: "PROXY" }, /must know/],
  ["registry_pass", "hunter2", /in clear/],
  ["registry_pass", 12345, /in clear/],
  ["registry_pass", { envv: "X" }, /reference/],
  ["registry_pass", { env: "1-2" }, /reference/],
  ["kube_encrypt_token", "abc", /in clear/],
  ["audit_log_path", "{{ lookup('pipe', 'id') }}", /template/],
  ["helm_enabled", "true", /true or false/],
  ["helm_enabled", { env: "X" }, /true or false/],
  ["audit_log_maxage", "thirty", /a number/],
  ["crio_registries", "docker.io", /a list/],
];

const inside: readonly (readonly [name: string, value: unknown, path: string, reason: RegExp])[] = [
  ["containerd_registry_auth", [{ registry: "a", password: "b" }], "containerd_registry_auth.0.password", /in clear/],
  [
    "containerd_registries_mirrors",
    [{ mirrors: [{ host: "https://m.example", header: { Authorization: ["Basic abc"] } }] }],
    "containerd_registries_mirrors.0.mirrors.0.header.Authorization.0",
    /in clear/,
  ],
  ["kubelet_config_extra_args", { "{{ x }}": 1 }, "kubelet_config_extra_args.{{ x }}", /template/],
  ["kube_kubeadm_apiserver_extra_args", { "anonymous-auth": "true" }, "kube_kubeadm_apiserver_extra_args.anonymous-auth", /login/],
  ["kubelet_config_extra_args", { readOnlyPort: 10255 }, "kubelet_config_extra_args.readOnlyPort", /read/],
  [
    "kubelet_config_extra_args",
    { authentication: { anonymous: { enabled: true } } },
    "kubelet_config_extra_args.authentication.anonymous.enabled",
    /login/,
  ],
  ["kubelet_config_extra_args", { authorization: { mode: "AlwaysAllow" } }, "kubelet_config_extra_args.authorization.mode", /everything/],
  ["kubelet_custom_flags", ["--read-only-port=10255"], "kubelet_custom_flags.0", /read/],
  ["kubelet_custom_flags", ["--node-labels=a=b"], "kubelet_custom_flags.0", /field/],
  ["kube_kubeadm_controller_extra_args", { "cluster-cidr": "10.0.0.0/8" }, "kube_kubeadm_controller_extra_args.cluster-cidr", /field/],
  ["kube_apiserver_disable_admission_plugins", ["PodSecurity"], "kube_apiserver_disable_admission_plugins.0", /bounds/],
  ["cilium_extra_values", { l2announcements: { enabled: true } }, "cilium_extra_values.l2announcements.enabled", /addresses/],
  ["cilium_extra_values", { gatewayAPI: { enabled: true } }, "cilium_extra_values.gatewayAPI.enabled", /kube-proxy's place/],
  [
    "cilium_config_extra_vars",
    { "enable-ingress-controller": "true" },
    "cilium_config_extra_vars.enable-ingress-controller",
    /platform's ingress/,
  ],
  ...[{ kubeProxyReplacement: true }, { nodePort: { enabled: true } }].map(
    (value) =>
      [
        "cilium_extra_values",
        value,
        `cilium_extra_values.${"nodePort" in value ? "nodePort.enabled" : "kubeProxyReplacement"}`,
        /kube-proxy writes/,
      ] as const,
  ),
  ["cilium_config_extra_vars", { "enable-ipsec": "true" }, "cilium_config_extra_vars.enable-ipsec", /protocol/],
  ["docker_options", "--insecure-registry=a.example", "docker_options", /right server/],
  ["etcd_extra_vars", { ETCD_LISTEN_CLIENT_URLS: "http://0.0.0.0:2379" }, "etcd_extra_vars.ETCD_LISTEN_CLIENT_URLS", /port/],
  [
    "containerd_registries_mirrors",
    [{ prefix: "docker.io", mirrors: [{ host: "https://m.example", skip_verify: true }] }],
    "containerd_registries_mirrors.0.mirrors.0.skip_verify",
    /right server/,
  ],
  ["crio_registries", [{ prefix: "docker.io", location: "m.example", insecure: true }], "crio_registries.0.insecure", /right server/],
];

describe("variables passed through to kubespray", () => {
  it("are refused with what to use in place of Cilium's own ingress, gateways and rules of Services", () => {
    const remedy = (variables: Record<string, unknown>) =>
      content(variables, { network: { plugin: "cilium" } })
        .problems.filter(({ severity }) => severity === "error")
        .map((each) => each.remedy)
        .join();
    const values = (given: Record<string, unknown>) => remedy({ cilium_extra_values: given });
    assert.match(remedy({ cilium_gateway_api_enabled: true }), /^take it out; platform\.ingress\.kind: traefik .*gatewayApi$/);
    assert.match(values({ gatewayAPI: { enabled: true } }), /^take it out; platform\.ingress\.kind: traefik .*gatewayApi$/);
    assert.match(values({ ingressController: { enabled: true } }), /^take it out; platform\.ingress\.kind says/);
    assert.match(values({ kubeProxyReplacement: true }), /^take it out; cluster\.network\.proxyMode says/);
    assert.equal(values({ gatewayAPI: { enabled: false }, kubeProxyReplacement: false }), "");
    assert.equal(remedy({ cilium_gateway_api_enabled: false }), "");
  });

  for (const [name, value, reason] of refused) {
    it(`are refused where they harm or say what a field says: ${name}: ${JSON.stringify(value)}`, () => {
      const found = told({ [name]: value }).filter((line) => line.includes(" error: "));
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]?.startsWith(`${name} `), found[0]);
      assert.match(found[0] ?? "", reason);
    });
  }

  for (const [name, value, path, reason] of inside) {
    it(`are looked into: ${path}`, () => {
      const found = told({ [name]: value }).filter((line) => line.includes(" error: "));
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]?.startsWith(`${path} `), found[0]);
      assert.match(found[0] ?? "", reason);
    });
  }

  it("pass where they harm nothing, references for secrets included", () => {
    const harmless = {
      helm_enabled: true,
      gateway_api_enabled: true,
      kubelet_max_pods: 120,
      kube_read_only_port: 0,
      local_path_provisioner_enabled: true,
      local_path_provisioner_is_default_storageclass: "false",
      registry_pass: { env: "REGISTRY_PASS" },
      kube_encrypt_token: { vault: "secret/kube#token" },
      crio_registry_auth: [{ registry: "registry.example", username: "kpaas", password: { file: "./password" } }],
      kube_kubeadm_scheduler_extra_args: { v: "4" },
      dns_domain: "prod.internal",
      cluster_name: "prod.internal",
    };
    assert.deepEqual(told(harmless), []);
    const text = JSON.stringify(content(harmless).planned?.plan.inventory);
    assert.match(text, /"registry_pass":\{"env":"REGISTRY_PASS"\}/);
  });

  it("are refused where they bring what a service that is on brings", () => {
    const file = (gatewayApi: boolean) =>
      environmentFile({
        infrastructure: closed,
        cluster: { variables: { gateway_api_enabled: true } },
        platform: { services: { gatewayApi } },
      });
    const { problems } = planFile(file(true));
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path, remedy }) => [path, remedy]),
      [["cluster.variables.gateway_api_enabled", "take it out, or switch platform.services.gatewayApi off"]],
    );
    assert.deepEqual(
      planFile(file(false)).problems.filter(({ severity }) => severity === "error"),
      [],
    );
  });

  const followed: readonly (readonly [Record<string, unknown>, readonly string[], Record<string, unknown>?])[] = [
    [{ typha_enabled: true }, ["nodes nodes tcp 5473"]],
    [{ typha_enabled: false }, []],
    [{ calico_wireguard_enabled: true }, ["nodes nodes udp 51820"]],
    [{ etcd_events_cluster_enabled: true }, ["control-plane etcd tcp 2383", "etcd etcd tcp 2382-2383"]],
    [{ calico_felix_prometheusmetricsenabled: true, calico_felix_prometheusmetricsport: 9191 }, ["nodes nodes tcp 9191"]],
    [{ cilium_enable_prometheus: true }, []],
    [{ cilium_enable_prometheus: true }, ["nodes nodes tcp 9962", "nodes nodes tcp 9963"], { network: { plugin: "cilium" } }],
    [
      { http_proxy: "http://192.0.2.20:3128", https_proxy: "http://192.0.2.20:3128", no_proxy: "a.example:1234" },
      ["nodes cidr:192.0.2.20/32 tcp 3128"],
    ],
    [{ http_proxy: "http://proxy.example:3128" }, ["nodes cidr:0.0.0.0/0 tcp 3128"]],
    [{ http_proxy: "http://proxy.example" }, []],
    [
      { containerd_registries_mirrors: [{ prefix: "docker.io", mirrors: [{ host: "https://192.0.2.9:5000" }] }] },
      ["nodes cidr:192.0.2.9/32 tcp 5000"],
    ],
    [{ crio_registries: [{ prefix: "docker.io", location: "192.0.2.9:5000" }] }, ["nodes cidr:192.0.2.9/32 tcp 5000"]],
    [{ http_proxy: "proxy:3128" }, ["nodes cidr:0.0.0.0/0 tcp 3128"]],
    [{ kube_image_repo: "registry:5000" }, ["nodes cidr:0.0.0.0/0 tcp 5000"]],
    [{ kube_image_repo: "registry.example:5000" }, ["nodes cidr:0.0.0.0/0 tcp 5000"]],
    [{ kube_oidc_url: "https://login.example:8443/realms/a" }, ["nodes cidr:0.0.0.0/0 tcp 8443"]],
    [
      { cinder_csi_enabled: true, cinder_auth_url: "https://192.0.2.30:5000/v3", cinder_password: { env: "X" } },
      ["nodes cidr:192.0.2.30/32 tcp 5000,8774,8776", "nodes cidr:192.0.2.30/32 tcp 5000"],
    ],
    [{ cinder_csi_enabled: true }, ["nodes cidr:0.0.0.0/0 tcp 5000,8774,8776"]],
    [
      { coredns_external_zones: [{ zones: ["a.example"], nameservers: ["192.0.2.53"] }] },
      ["nodes cidr:192.0.2.53/32 udp 53", "nodes cidr:192.0.2.53/32 tcp 53"],
    ],
  ];
  for (const [variables, flows, cluster] of followed) {
    it(`are followed by what is allowed: ${JSON.stringify(variables)}`, () => assert.deepEqual(flowsOf(variables, cluster), flows));
  }

  it("bring no second driver of volumes beside the platform's own", () => {
    const said = (kind: "nfs" | "cloud", switched: boolean) => {
      const file = { infrastructure: closed, cluster: { variables: { cinder_csi_enabled: switched } }, platform: { storage: { kind } } };
      return planFile(environmentFile(file))
        .problems.filter(({ path }) => path === "cluster.variables.cinder_csi_enabled")
        .map(({ severity, reason, remedy }) => `${severity}: ${reason}; ${remedy}`);
    };
    assert.deepEqual(said("cloud", true), [
      "error: would bring a second driver of the cloud's volumes beside the platform's own; take it out, or use another kind of platform.storage than cloud",
    ]);
    assert.deepEqual([...said("nfs", true), ...said("cloud", false)], []);
  });

  // On the cloud itself no less: its own words would be false there.
  for (const [provider, name] of [
    ["aws", "aws_ebs_csi_enabled"],
    ["gcp", "gcp_pd_csi_enabled"],
    ["azure", "azure_csi_enabled"],
    ["vsphere", "vsphere_csi_enabled"],
    ["openstack", "external_openstack_lbaas_enabled"],
    ["openstack", "upcloud_csi_enabled"],
    ["openstack", "cloud_provider"],
  ] as const)
    it(`bring no parts of a cloud's own: ${name} on ${provider}`, () => {
      const file = environmentFile({ infrastructure: { provider }, cluster: { variables: { [name]: true } } });
      const [problem] = planFile(file).problems.filter(({ path }) => path === `cluster.variables.${name}`);
      assert.equal(problem?.severity, "error");
      assert.match(problem.reason, /^would bring a cloud/);
      assert.match(problem.remedy, /platform\.loadBalancer and platform\.storage of kind cloud/);
    });

  it("name servers by URLs and by hosts with ports, never the machine itself, a Service, or an image's tag", () => {
    assert.deepEqual(serversIn("http://a.example:81,https://b.example/x tcp://10.0.0.1:5 ftp://c.example"), [
      { host: "a.example", port: 81 },
      { host: "b.example", port: 443 },
      { host: "10.0.0.1", port: 5 },
    ]);
    assert.deepEqual(serversIn("registry:5000/image"), [{ host: "registry", port: 5000 }]);
    assert.deepEqual(serversIn("192.0.2.1:5000/image:1"), [{ host: "192.0.2.1", port: 5000 }]);
    for (const text of [
      "127.0.0.1:1338",
      "0.0.0.0:9100",
      "http://localhost:1",
      "nginx:125",
      "quay.io/a/b:1",
      "10.0.0.0/16",
      "http://a.b.svc:80",
    ])
      assert.deepEqual(serversIn(text), [], text);
  });

  it("warn where they do nothing, close something, leave NetworkPolicies without effect, or show what they do only later", () => {
    const warnings = (variables: Record<string, unknown>, cluster?: Record<string, unknown>) =>
      content(variables, cluster).problems.flatMap(({ path, reason, severity }) => (severity === "warning" ? [`${path}: ${reason}`] : []));
    assert.match(warnings({ kubelet_max_podz: 5 }).join(), /kubelet_max_podz: kubespray v2\.29\.0 does not know it.*kubelet_max_pods/);
    assert.match(warnings({ krew_enabled: true }).join(), /krew_enabled: kubespray v2\.29\.0 does not know it.*v2\.26\.0 to v2\.27\.1 did/);
    assert.match(warnings({ containerd_storage_dir: "/srv" }).join(), /containerd_storage_dir: has no effect: cluster\.runtime is crio/);
    assert.match(warnings({ cilium_mtu: "1400" }).join(), /cilium_mtu: has no effect: cluster\.network\.plugin is calico/);
    assert.match(warnings({ etcd_metrics_port: 2381 }).join(), /etcd_metrics_port: listens on each machine/);
    assert.match(warnings({ etcd_version: 3.5, audit_log_name: 1.5 }).join(), /audit_log_name: is a number/);
    assert.match(warnings({ enable_network_policy: false }).join(), /enable_network_policy: no NetworkPolicy has an effect/);
    const never = { cilium_extra_values: { policyEnforcementMode: "never" } };
    assert.match(warnings(never, { network: { plugin: "cilium" } }).join(), /policyEnforcementMode: no NetworkPolicy has an effect/);
    assert.match(warnings({}, { network: { plugin: "flannel" } }).join(), /cluster\.network\.plugin: flannel does not enforce/);
    assert.match(warnings({ etcd_events_cluster_enabled: true }).join(), /no member of etcd can be added, replaced or taken out later/);
    assert.match(warnings({ certificates_duration: 365 }).join(), /certificates_duration: the certificates that etcd's members/);
    for (const variables of [{}, { image_command_tool: "crictl" }, { certificates_duration: 36_500 }])
      assert.deepEqual(content(variables).problems, []);
  });

  it("have a row in the table where their name says that they run commands, open ports or carry addresses", () => {
    assert.deepEqual(
      knownNames.filter((name) => unclassified(name, registry) !== undefined),
      [],
    );
    assert.equal(unclassified("other_port", registry), "opens ports");
    assert.equal(unclassified("other_cidr", registry), "carries addresses");
    assert.ok(Object.keys(catalogue).length > 1500);
  });

  it("stand in docs/kubespray-variables.md as the table has them (UPDATE_GOLDEN=1 writes it anew)", () => {
    const path = join(__dirname, "..", "..", "..", "..", "docs", "kubespray-variables.md");
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, variablesPage());
    assert.equal(readFileSync(path, "utf8"), variablesPage());
  });

  it("are refused where the plan sets them by itself", () => {
    for (const network of [{}, { plugin: "cilium" }, { plugin: "flannel" }, { encapsulation: "ipip" }])
      for (const controlPlane of [{ nodes: 1 }, { nodes: 3 }]) {
        const set = Object.keys(content({}, { network, controlPlane }).planned?.plan.cluster.variables ?? {});
        assert.ok(set.length > 10);
        assert.deepEqual(
          set.filter((name) => !["field", "refused"].includes(rowOfVariable(name)?.kind ?? "")),
          [],
        );
      }
  });

  it("are shown in no problem where they are secret, refused ones included", () => {
    for (const variables of [
      { ansible_become_password: "canary-literal" },
      { openstack_auth_url: "https://user:canary-literal@a.example" },
    ])
      assert.doesNotMatch(JSON.stringify(content(variables).problems), /canary-literal/);
    for (const name of knownNames.filter(isSecretName)) {
      const { problems } = content({ [name]: "canary-literal" });
      assert.ok(
        problems.some(({ path }) => path.startsWith(`cluster.variables.${name}`)),
        name,
      );
      assert.doesNotMatch(JSON.stringify(problems), /canary-literal/, name);
    }
    assert.equal(rowOfVariable("no_such_thing"), undefined);
  });
});
