import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { certificateAuthority, serviceCertificate, trustOf } from "../certificates";
import type { LogsAccess } from "../grants";
import { claimSpec, contentHash, fromNamespace } from "../objects";
import { PlatformService } from "../service";
import type { LoggingArgs } from "./args";
import { DEFAULT_GIB, LOKI, NAMES, POD, PORT } from "./names";
import { lokiValues } from "./values";

/** Loki as one process with one volume, which it keeps logs on for so many days. It is met by TLS, and by its clients alone. */
export class Logging extends PlatformService {
  /** Where logs are sent to and asked for inside the cluster. */
  readonly access: LogsAccess;
  /** What signed its certificate, and what comes after that where it changes. PEM. */
  readonly ca: Output<string>;

  constructor(name: string, given: LoggingArgs, opts?: ComponentResourceOptions) {
    const args = planned("logging", given);
    super(serviceType("Logging"), name, args, opts);
    const { plan } = args;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    const namespaces = [...new Set(Object.values(args.clients))];
    // Nobody's pods, where nobody claims anything yet: no peers would be everybody.
    const peers = namespaces.length > 0 ? namespaces.map(fromNamespace) : [{ podSelector: { matchLabels: POD } }];
    this.allowIngress("allow-clients", POD, [PORT], peers);

    const authority = args.authority ?? certificateAuthority(this.childName("tls"), LOKI, this);
    const names = { services: [LOKI], namespace: plan.namespace };
    const { certificate, key } = serviceCertificate(this.childName("tls"), names, authority, this);
    const tls = this.secret("tls", NAMES.tls, LOKI, { "tls.crt": certificate, "tls.key": key }, "kubernetes.io/tls");
    this.ca = output(trustOf(authority));
    this.access = { url: `https://${LOKI}.${plan.namespace}.svc:${PORT}`, ca: this.ca };
    // A claim goes when no pod holds it any more, so the release goes before the cluster too.
    this.release(lokiValues(args, hashOf(certificate)), "cloudParts", [tls, this.claim(args)]);
    this.registerOutputs({ url: this.access.url });
  }

  private claim({ plan, storageClass, protectData, retainData }: PlannedArgs<LoggingArgs>): Resource {
    const protect = protectData || this.protectsData;
    return new PersistentVolumeClaim(
      this.childName("data"),
      { metadata: this.metadata(NAMES.claim, LOKI), spec: claimSpec(storageClass, plan.sizeGiB ?? DEFAULT_GIB) },
      this.deletedFirst({ protect, ...(retainData ? { retainOnDelete: true } : {}) }),
    );
  }
}

/** Loki reads its certificate at its start only. */
function hashOf(certificate: Output<string>): Output<string> {
  return output(certificate).apply(contentHash);
}
