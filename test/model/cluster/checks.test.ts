import assert from "node:assert/strict";
import { checkCluster } from "../../../model/cluster/checks";
import { componentsOf, kubesprayRelease, kubesprayTags } from "../../../model/cluster/releases";
import type { ClusterSpec } from "../../../model/cluster/types";
import { cluster, worker } from "./fixtures";

const errors = (spec: ClusterSpec, network?: string) =>
  checkCluster(spec, network)
    .filter((finding) => finding.severity !== "warning")
    .map((finding) => finding.path);
const withVariables = (variables: Readonly<Record<string, unknown>>) => cluster(undefined, { variables });

describe("The check of a cluster", () => {
  it("finds nothing in a sound one, of any tag with its default version", () => {
    for (const tag of kubesprayTags) {
      const kubernetes = kubesprayRelease(tag)?.kubernetes.default ?? "";
      assert.deepEqual(checkCluster(cluster(undefined, { kubespray: tag, kubernetes }, 3), "10.20.0.0/16"), []);
    }
  });

  const cases: readonly (readonly [string, ClusterSpec, readonly string[]])[] = [
    ["an unknown tag", cluster(undefined, { kubespray: "v2.29.9" }), ["kubespray"]],
    ["a version without checksums", cluster(undefined, { kubernetes: "1.33.99" }), ["kubernetes"]],
    ["a version with a leading v", cluster(undefined, { kubernetes: "v1.33.5" }), ["kubernetes"]],
    ["an even number of etcd members", cluster(undefined, {}, 2), ["etcd"]],
    ["no control plane", cluster(undefined, {}, 0), ["controlPlane", "etcd"]],
    ["no worker", cluster({}), ["nodes"]],
    ["a member that is no node", cluster(undefined, { controlPlane: ["cp-1", "cp-9"] }), ["controlPlane[1]"]],
    ["a node that is missing in the list", cluster(undefined, { etcd: [] }), ["etcd", "etcd"]],
    ["a host name in capitals", cluster({ Worker: worker("worker", 1) }), ["nodes.Worker"]],
    ["kubespray's name for its jump host", cluster({ bastion: worker("b", 1) }), ["nodes.bastion"]],
    ["an address given twice", cluster({ a: worker("a", 1), b: worker("b", 1) }), ["nodes.b.address"]],
    ["an address that is none", cluster({ a: worker("a", 1, { address: "10.20.1" }) }), ["nodes.a.address"]],
    [
      "a label and a taint that are none",
      cluster({ a: worker("a", 1, { labels: { "-x": "y" }, taints: ["gpu"] }) }),
      ["nodes.a.labels.-x", "nodes.a.taints[0]"],
    ],
    ["overlapping pods and services", withVariables({ kube_pods_subnet: "10.233.0.0/16" }), ["variables.kube_service_addresses"]],
    ["pods over the node network", withVariables({ kube_pods_subnet: "10.20.128.0/18" }), ["variables.kube_pods_subnet"]],
    ["a network with bits beyond its prefix", withVariables({ kube_pods_subnet: "10.233.64.1/18" }), ["variables.kube_pods_subnet"]],
    ["a plugin kubespray lacks", withVariables({ kube_network_plugin: "weave" }), ["variables.kube_network_plugin"]],
    ["a runtime kubespray lacks", withVariables({ container_manager: "rkt" }), ["variables.container_manager"]],
    ["docker etcd beside containerd", withVariables({ etcd_deployment_type: "docker" }), ["variables.etcd_deployment_type"]],
    ["CRI-O of another minor", withVariables({ container_manager: "crio", crio_version: "1.32.0" }), ["variables.crio_version"]],
    [
      "CRI-O that the tag has no checksum of",
      withVariables({ container_manager: "crio", crio_version: "1.33.99" }),
      ["variables.crio_version"],
    ],
    ["etcd of another line", withVariables({ etcd_version: "3.6.5" }), ["variables.etcd_version"]],
    ["Calico that the tag has no checksum of", withVariables({ calico_version: "3.31.0" }), ["variables.calico_version"]],
    ["MetalLB with ipvs and lax ARP", withVariables({ metallb_enabled: true }), ["variables.kube_proxy_strict_arp"]],
    ["IP-in-IP and VXLAN at once", withVariables({ calico_ipip_mode: "Always" }), ["variables.calico_ipip_mode"]],
    [
      "IP-in-IP without bird",
      withVariables({ calico_ipip_mode: "Always", calico_vxlan_mode: "Never" }),
      ["variables.calico_network_backend"],
    ],
    [
      "more pods than a node's prefix holds",
      withVariables({ kube_network_plugin: "flannel", kubelet_max_pods: 300 }),
      ["variables.kubelet_max_pods"],
    ],
    [
      "too few prefixes",
      withVariables({ kube_network_plugin: "flannel", kube_pods_subnet: "10.233.64.0/23" }),
      ["variables.kube_network_node_prefix"],
    ],
    ["a removed variable", withVariables({ ipip_mode: "Always" }), ["variables.ipip_mode"]],
    ["a boolean in quotes", withVariables({ helm_enabled: "true" }), ["variables.helm_enabled"]],
    ["a switch without a default in quotes", withVariables({ nri_enabled: "no" }), ["variables.nri_enabled"]],
    ["checks switched off in quotes", withVariables({ ignore_assert_errors: "yes" }), ["variables.ignore_assert_errors"]],
    [
      "renewal under an external CA",
      withVariables({ kube_external_ca_mode: true, auto_renew_certificates: true }),
      ["variables.auto_renew_certificates"],
    ],
    [
      "admission plugins without kubeadm's own",
      withVariables({ kube_apiserver_enable_admission_plugins: ["EventRateLimit"] }),
      ["variables.kube_apiserver_enable_admission_plugins"],
    ],
    [
      "a Pod Security Standard that nobody reads",
      withVariables({ kube_pod_security_use_default: true, kube_apiserver_admission_control_config_file: false }),
      ["variables.kube_apiserver_admission_control_config_file"],
    ],
    ["checks switched off", withVariables({ ignore_assert_errors: true }), ["variables.ignore_assert_errors"]],
    ["another version by variable", withVariables({ kube_version: "1.33.1" }), ["variables.kube_version"]],
  ];
  for (const [what, spec, paths] of cases) {
    it(`finds ${what}`, () => {
      assert.deepEqual(errors(spec, "10.20.0.0/16"), paths);
      for (const finding of checkCluster(spec, "10.20.0.0/16")) assert.ok(finding.reason !== "" && finding.remedy !== "");
    });
  }

  it("lets a version through whose checksum the variables bring, or of a part that is not there", () => {
    const brought = { calico_version: "3.31.0", calicoctl_binary_checksums: { amd64: { "3.31.0": "sha256:ab" } } };
    assert.deepEqual(errors(withVariables(brought), "10.20.0.0/16"), []);
    assert.deepEqual(errors(withVariables({ kube_network_plugin: "flannel", calico_version: "3.31.0" }), "10.20.0.0/16"), []);
    assert.deepEqual(errors(withVariables({ etcd_version: "3.5.22", calico_version: "3.30.2" }), "10.20.0.0/16"), []);
  });

  it("finds a node outside its subnet", () => {
    assert.deepEqual(errors(cluster({ a: worker("a", 1, { address: "10.21.0.1" }) }), "10.20.0.0/16"), ["nodes.a.address"]);
  });
});

describe("The kubespray catalogue", () => {
  it("knows each tag's default version, components and playbooks", () => {
    for (const tag of kubesprayTags) {
      const release = kubesprayRelease(tag);
      assert.ok(release, tag);
      assert.ok(release.kubernetes.versions.includes(release.kubernetes.default), tag);
      assert.deepEqual(Object.keys(release.components), [...release.kubernetes.minors]);
      for (const [minor, components] of Object.entries(release.components)) {
        assert.ok(components.crio.startsWith(`${minor}.`), `${tag} ${minor}`);
        for (const version of Object.values(components)) assert.match(version, /^\d/);
        for (const part of ["crio", "containerd", "etcd", "calico"] as const)
          assert.ok(release.checksums[part].includes(components[part]), `${tag} ${minor} ${part}`);
      }
      assert.equal(release.playbooks.facts, "playbooks/facts.yml");
      assert.equal(release.playbooks["remove-node"], "remove-node.yml");
    }
    assert.equal(kubesprayRelease("v2.27.1")?.kubernetes.writtenWithV, true);
    assert.equal(kubesprayRelease("v2.29.0")?.kubernetes.writtenWithV, false);
    assert.equal(kubesprayRelease("v1.0.0"), undefined);
  });

  it("knows what a tag installs with older patches of a minor", () => {
    const coredns = (tag: string, version: string) => {
      const release = kubesprayRelease(tag);
      return release && componentsOf(release, version)?.coredns;
    };
    assert.equal(coredns("v2.27.1", "1.30.4"), "1.11.1");
    assert.equal(coredns("v2.28.0", "1.30.5"), "1.11.3");
    assert.equal(coredns("v2.28.0", "1.31.0"), "1.11.3");
    assert.equal(coredns("v2.26.1", "1.30.4"), "1.11.1");
    assert.equal(coredns("v2.29.0", "1.20.0"), undefined);
  });
});
