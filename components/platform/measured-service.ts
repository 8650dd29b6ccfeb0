import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { all, jsonStringify, type Output, type Resource } from "@pulumi/pulumi";
import type { Labels } from "../../model/plan/infrastructure-types";
import type { CertificatePair } from "./certificates";
import { type Exporter, exporterDeployment, exporterFiles } from "./exporter";
import { secretHash, selectorLabels } from "./objects";
import { PlatformService } from "./service";

/** Where an exporter asks, and by what it may. */
export interface Asked {
  /** The pods that it asks, and their port. */
  readonly selector: Labels;
  readonly port: number;
  /** Files that it reads beside those by which it and Prometheus know each other; secret. @default none */
  readonly settings?: Output<Readonly<Record<string, string>>>;
  /** What has to be there before it. @default nothing */
  readonly after?: readonly Resource[];
}

/** A service that an exporter beside it can ask what it counts. */
export abstract class MeasuredService extends PlatformService {
  /** What says to Prometheus how the service is, by a certificate of that authority. */
  protected createExporter(exporter: Exporter, authority: CertificatePair, { selector, port, settings, after = [] }: Asked): void {
    const { workload } = exporter;
    this.allowIngress("allow-exporter", selector, [port], [{ podSelector: { matchLabels: { ...selectorLabels(workload) } } }]);
    const shown = exporterFiles(this.childName("exporter"), exporter, this.plan.namespace, authority, this);
    const files = settings === undefined ? shown : all([settings, shown]).apply(([own, rest]) => ({ ...own, ...rest }));
    const told = this.secret("exporter-secret", workload, workload, files);
    this.serviceAccount("exporter-account", workload);
    const read = secretHash(...(settings === undefined ? [] : [jsonStringify(settings)]), ...Object.values(shown));
    new Deployment(
      this.childName("exporter"),
      { metadata: this.metadata(workload, workload), spec: exporterDeployment(this.plan, exporter, this.podLabels(workload), read) },
      this.inCluster({ dependsOn: [told, ...after] }),
    );
  }
}
