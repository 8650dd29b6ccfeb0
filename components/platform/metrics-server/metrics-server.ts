import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { PlatformService } from "../service";
import type { MetricsServerArgs } from "./args";
import { METRICS_SERVER_LABELS, metricsServerValues } from "./values";

/** CPU and memory use of pods and nodes, which autoscaling and the portal's overview read. */
export class MetricsServer extends PlatformService {
  constructor(name: string, given: MetricsServerArgs, opts?: ComponentResourceOptions) {
    const args = planned("metricsServer", given);
    super(serviceType("MetricsServer"), name, args, opts);
    this.createNamespace("restricted");
    this.allowIngress("allow-metrics-api", METRICS_SERVER_LABELS, [10250]);
    // Where it answers no more, the API group it serves keeps every deleted namespace from going.
    this.release(metricsServerValues(args), "apiGroup");
    this.registerOutputs({});
  }
}
