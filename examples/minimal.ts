// The smallest environment: one control plane, two workers, an NFS server and the platform's services.
import { Environment } from "kpaas";

const demo = new Environment("demo", {
  infrastructure: { provider: "openstack" },
  lock: "demo.lock.yaml",
});

export const urls = demo.platform.urls;
export const kubeconfig = demo.cluster.kubeconfig;
