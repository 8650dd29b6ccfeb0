import type { ComponentRow } from "./row";

/** The slides on edge clusters, of 2021. */
export const edge: readonly ComponentRow[] = [
  ["BOSH -> container change", "not", "history: K-PaaS has left BOSH"],
  [
    "CaaS service deploy: kubespray cluster + 2 docker-image service brokers + UAA auth to dashboard",
    "not",
    "the service type, which K-PaaS has dropped",
  ],
  [
    "Standalone: Ingress, Storage, Repository basics; kubespray; BOSH DB + image repo; user + admin portal images",
    "in",
    "the profiles, with Harbor where the file asks for it; nothing of BOSH",
    "profile",
    "platform.services.harbor",
  ],
  ["Edge via KubeEdge", "not yet", "the field is kept and refused", "edge"],
  ["K3S vs KubeEdge table", "not yet", "with edge nodes", "edge"],
  ["Edge flowchart (figure)", "not yet", "with edge nodes", "edge"],
  [
    "Image repository VM without Docker after CCE; automatic image load removed, batch load script by hand",
    "in",
    "Harbor, in the cluster; hosts have no Docker",
    "platform.services.harbor",
    "cluster.runtime",
  ],
  ["Edge steps: kubeadm master only -> KubeEdge -> BOSH middleware -> portals", "not", "K-PaaS itself has replaced them"],
  ["Admin portal and user portal", "in", "one portal since 1.5, for both roles", "platform.services.portal", "components/platform/portal/"],
  [
    "Versions k8s 1.18.6, kubespray 2.14.2, kubeedge 1.4, docker 20.10.2, haproxy 1.6.5, mariadb 10.5.8",
    "not",
    "none of them is mended any more; 1.4.0 is the oldest release that is a row",
    "docs/catalogue.md",
  ],
  [
    "haproxy 1.6.5",
    "in",
    "today's HAProxy behind keepalived, or kube-vip, or the cloud's balancer",
    "cluster.apiEndpoint.by",
    "docs/environment-file.md",
  ],
  [
    "CVE-2016-2183 fix",
    "in",
    "cipher suites of the control plane's servers and the kubelets",
    "cluster.hardening.tlsCipherSuites",
    "docs/security.md",
  ],
  [
    "CCE measures",
    "in",
    "those that Kubernetes has: audit log, encryption, Pod Security, cipher suites, as settings that can be read. Not the opaque program that K-PaaS runs as root on every host, nor its own build of OpenSSH",
    "cluster.hardening",
    "docs/security.md",
  ],
  [
    "Removal of cluster VMs (Master, Worker as BOSH VMs) and broker apps (service-broker, jenkins-broker, service-api, service-common-api, service-dashboard)",
    "not",
    "done by K-PaaS long ago",
  ],
  [
    "Private image repo without docker",
    "in",
    "Harbor in the cluster; the cluster's own images from a mirror",
    "platform.services.harbor",
    "cluster.airGap.registry",
  ],
  [
    "Manual image load script",
    "in",
    "one list of all that is pulled, fetched, verified and put into a registry and onto a web server",
    "cluster.airGap",
    "model/airgap/entries.ts",
    "operate/airgap/bundle.ts",
  ],
];
