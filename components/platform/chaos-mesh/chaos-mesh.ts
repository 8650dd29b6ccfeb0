import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { fromNamespace } from "../objects";
import { PlatformService } from "../service";
import type { ChaosMeshArgs } from "./args";
import { chaosMeshValues, partLabels } from "./values";

/** Ports of the chart's parts. */
const PORTS = { webhook: 10250, daemon: 31767, dns: 5353, dnsControl: 9288, dashboard: 2333 } as const;

/** Chaos Mesh: experiments with faults, on the pods of namespaces that are annotated for it. */
export class ChaosMesh extends PlatformService {
  /** Where its dashboard is met inside the cluster. */
  readonly dashboardUrl: string;

  constructor(name: string, given: ChaosMeshArgs, opts?: ComponentResourceOptions) {
    const args = planned("chaosMesh", given);
    super(serviceType("ChaosMesh"), name, args, opts);
    // The daemon enters other pods from their node: it is privileged, sees the node's processes and mounts the runtime's socket.
    this.createNamespace("privileged");
    this.dashboardUrl = `http://chaos-dashboard.${args.plan.namespace}.svc:${PORTS.dashboard}`;
    const clients = args.clients ?? [];
    if (clients.length > 0)
      this.allowIngress("allow-dashboard", partLabels("chaos-dashboard"), [PORTS.dashboard], clients.map(fromNamespace));
    const own = [fromNamespace(args.plan.namespace)];
    this.allowIngress("allow-webhook", partLabels("controller-manager"), [PORTS.webhook]);
    this.allowIngress("allow-daemon", partLabels("chaos-daemon"), [PORTS.daemon], own);
    this.allowIngress("allow-dns-control", partLabels("chaos-dns-server"), [PORTS.dnsControl], own);
    // Pods whose names it is to get wrong ask it in place of the cluster's own.
    this.allowIngress("allow-dns", partLabels("chaos-dns-server"), [PORTS.dns], [], ["UDP", "TCP"]);
    this.disruptionBudget("budget", "chaos-controller-manager", args.plan.replicas, partLabels("controller-manager"));
    this.release(chaosMeshValues(args));
    this.registerOutputs({});
  }
}
