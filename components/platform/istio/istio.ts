import { ValidatingWebhookConfiguration } from "@pulumi/kubernetes/admissionregistration/v1/validatingWebhookConfiguration";
import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { MESH_LABELS, XDS_PORT } from "../mesh";
import { PlatformService } from "../service";
import type { IstioArgs } from "./args";
import { DISCOVERY_LABELS, istioValues } from "./values";

/** Where it is asked by the API server: what proxies pods get, and whether an object of its own is valid. */
const WEBHOOK_PORT = 15017;

/** istiod, which tells the proxies of a mesh what to do, signs who they are, and gives them to the pods of namespaces that are labelled for it. */
export class Istio extends PlatformService {
  /** What is said there holds for all of the mesh. */
  readonly rootNamespace: string;
  /** Labels of the namespaces whose pods are in the mesh. */
  readonly meshLabels: Readonly<Record<string, string>> = MESH_LABELS;

  constructor(name: string, given: IstioArgs, opts?: ComponentResourceOptions) {
    const args = planned("istio", given);
    super(serviceType("Istio"), name, args, opts);
    this.rootNamespace = args.plan.namespace;
    this.createNamespace("restricted");
    this.allowIngress("allow-proxies", DISCOVERY_LABELS, [XDS_PORT], [{ namespaceSelector: { matchLabels: { ...MESH_LABELS } } }]);
    this.allowIngress("allow-webhook", DISCOVERY_LABELS, [WEBHOOK_PORT]);
    const release = this.release(istioValues(args));
    this.createJudge(release);
    this.registerOutputs({});
  }

  /** Istio's chart of definitions has this too, but would have it ask in the namespace of its own. */
  private createJudge(release: Resource): void {
    const { name, labels } = this.clusterMetadata("istiod-default-validator");
    const groups = ["security", "networking", "telemetry", "extensions"].map((group) => `${group}.istio.io`);
    new ValidatingWebhookConfiguration(
      this.childName("validator"),
      {
        // By this label istiod knows the ones that are its own.
        metadata: { name, labels: { ...labels, "istio.io/rev": "default" } },
        webhooks: [
          {
            name: "validation.istio.io",
            clientConfig: { service: { name: "istiod", namespace: this.plan.namespace, path: "/validate" } },
            rules: [{ operations: ["CREATE", "UPDATE"], apiGroups: groups, apiVersions: ["*"], resources: ["*"] }],
            failurePolicy: "Ignore",
            sideEffects: "None",
            admissionReviewVersions: ["v1"],
          },
        ],
      },
      // Once it answers, istiod itself has objects refused that nobody judged, and says whose certificate it shows.
      this.inCluster({ dependsOn: [release], ignoreChanges: ["webhooks[0].failurePolicy", "webhooks[0].clientConfig.caBundle"] }),
    );
  }
}
