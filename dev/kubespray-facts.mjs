// Writes catalog/kubespray/TAG.json from a survey of kubespray's tags: `node dev/kubespray-facts.mjs SURVEY.json`.
// The survey (kubespray-tags.json) is no part of the repository; without it this script says so and changes nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const survey = process.argv[2];
if (survey === undefined || !existsSync(survey)) {
  console.error(
    "Give the path of kubespray-tags.json, the survey of kubespray's release tags: node dev/kubespray-facts.mjs SURVEY.json\n" +
      "It is not part of this repository; catalog/kubespray holds what was taken from it.",
  );
  process.exit(2);
}

const oldest = [2, 26, 0]; // the tag of K-PaaS 1.6.0
// What a tag chooses by the patch of Kubernetes, which the survey, by minors, does not tell.
const oldCoredns = { "1.30.5": { coredns: "1.11.1" } };
const componentsBelow = { "v2.27.0": oldCoredns, "v2.27.1": oldCoredns, "v2.28.0": oldCoredns, "v2.28.1": oldCoredns };
const target = join(dirname(dirname(fileURLToPath(import.meta.url))), "catalog", "kubespray");
mkdirSync(target, { recursive: true });

const { tags, hops } = JSON.parse(readFileSync(survey, "utf8"));
for (const row of tags) {
  if (row.tag === null || isOlder(row.tag)) continue;
  writeFileSync(join(target, `${row.tag}.json`), `${JSON.stringify(facts(row), undefined, 2)}\n`);
  console.log(row.tag);
}

function isOlder(tag) {
  const parts = tag.slice(1).split(".").map(Number);
  const at = parts.findIndex((part, index) => part !== oldest[index]);
  return at >= 0 && parts[at] < oldest[at];
}

function facts(row) {
  const root = new Set(row.playbooks.root);
  // The root's hyphenated names exist in every tag; facts.yml is in playbooks/ alone.
  const playbook = (name) => (root.has(`${name}.yml`) ? `${name}.yml` : `playbooks/${name}.yml`);
  return {
    tag: row.tag,
    commit: row.commit,
    date: row.date.slice(0, 10),
    kubernetes: {
      default: row.kubernetes.default_version,
      minimum: row.kubernetes.min_required,
      writtenWithV: row.kubernetes.written_with_v,
      minors: row.kubernetes.mapped_minors,
      versions: row.kubernetes.versions,
    },
    ansible: {
      core: { minimum: row.ansible.ansible_core_min, below: row.ansible.ansible_core_max_exclusive },
      requirements: row.ansible.requirements,
      python: { minimum: row.ansible.python_min, maximum: row.ansible.python_max },
    },
    components: Object.fromEntries(
      row.kubernetes.mapped_minors.map((minor) => {
        const own = row.versions_by_kube_minor[minor];
        return [
          minor,
          {
            etcd: own.etcd,
            crio: own["cri-o"],
            containerd: row.versions.containerd,
            calico: row.versions.calico,
            cilium: row.versions.cilium,
            flannel: row.versions.flannel,
            coredns: own.coredns,
          },
        ];
      }),
    ),
    checksums: {
      crio: row.checksummed_versions.crio,
      containerd: row.checksummed_versions.containerd,
      etcd: row.checksummed_versions.etcd,
      calico: row.checksummed_versions.calicoctl,
    },
    downloads: downloads(row),
    ...(componentsBelow[row.tag] && { componentsBelow: componentsBelow[row.tag] }),
    playbooks: Object.fromEntries(
      ["facts", "cluster", "scale", "remove-node", "upgrade-cluster", "recover-control-plane", "reset"].map((name) => [
        name,
        playbook(name),
      ]),
    ),
    defaults: pick(row.defaults, [
      "kube_network_plugin",
      "container_manager",
      "kube_proxy_mode",
      "kube_proxy_strict_arp",
      "kube_service_addresses",
      "kube_pods_subnet",
      "kube_network_node_prefix",
      "kubelet_max_pods",
      "calico_network_backend",
      "calico_ipip_mode",
      "calico_vxlan_mode",
      "calico_datastore",
      "etcd_deployment_type",
      "dns_mode",
      "resolvconf_mode",
      "cert_management",
      "cluster_name",
    ]),
    allowed: Object.fromEntries(Object.entries(row.allowed_values).filter(([, values]) => values !== null)),
    removedVariables: row.removed_vars_asserted
      .map((removed) => removed.name)
      .concat(row.variables_asserted_undefined)
      .sort(),
    deprecatedVariables: row.variables_warned_deprecated ?? [],
    ...renamed(row.tag),
  };
}

/** What the tag's minor calls otherwise than the one before, where the value stays as it is. */
function renamed(tag) {
  const minor = tag.split(".").slice(0, 2).join(".");
  const hop = hops.find(({ to }) => to === `${minor}.0`);
  const pure = (hop?.variables_renamed ?? []).filter(({ how }) => how === "renamed" || how === "renamed (spelling)");
  return pure.length === 0 ? {} : { renamedVariables: Object.fromEntries(pure.map(({ from, to }) => [from, to])) };
}

/** What an environment may have fetched, by kubespray's names: images and files, and what differs with an older minor. */
function downloads(row) {
  const image = ({ repo, tag }) => `${repo}:${tag}`;
  const file = (name, url) => (name.startsWith("kube") ? url.replace(row.kubernetes.default_version, "{kubernetes}") : url);
  const of = (from, names, text) => Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, text(from[name], name)]] : [])));
  const images =
    "pod_infra coredns nodelocaldns dnsautoscaler nginx kube-vip calico_node calico_cni calico_flexvol calico_policy calico_typha cilium cilium_operator flannel flannel_init".split(
      " ",
    );
  const files = "kubeadm kubelet kubectl etcd cni crictl crio skopeo runc containerd nerdctl calicoctl calico_crds ciliumcli".split(" ");
  const cilium = ciliumChart(row);
  return {
    images: { ...of(row.images, images, image), ...cilium?.images },
    files: { ...of(row.files, files, ({ url }, name) => file(name, url)), ...cilium?.files },
    older: Object.fromEntries(
      Object.entries(row.downloads_that_differ_by_kube_minor).map(([minor, differ]) => [
        minor,
        {
          images: of(
            differ,
            images.filter((name) => differ[name]?.repo),
            image,
          ),
          files: of(
            differ,
            files.filter((name) => differ[name]?.url && !name.startsWith("kube")),
            ({ url }) => url,
          ),
        },
      ]),
    ),
  };
}

/** From v2.28 on Cilium comes by its chart, which has an operator of another name and an Envoy of its own, and is fetched by Cilium's program. */
function ciliumChart(row) {
  const { cilium_operator: operator, cilium_hubble_envoy: envoy } = row.images;
  if (!envoy.repo.endsWith("/cilium-envoy")) return undefined;
  const home = "https://helm.cilium.io";
  return {
    images: { cilium_operator_generic: `${operator.repo}-generic:${operator.tag}`, cilium_envoy: `${envoy.repo}:${envoy.tag}` },
    files: { cilium_charts: `${home}/index.yaml`, cilium_chart: `${home}/cilium-${row.versions.cilium}.tgz` },
  };
}

function pick(from, names) {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
}
