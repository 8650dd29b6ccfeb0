import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";
import type { IngressRoute, SecretEngineClaim } from "../grants";

/**
 * What OpenBao unseals itself with at each start. `static`: a key generated here, in a Secret beside it. The others: a key that another
 * server or a cloud keeps; `credentials` names a Secret of its namespace, made by hand, with the variables of the log-in there.
 */
export type Seal =
  | { readonly kind: "static" }
  | {
      readonly kind: "transit";
      readonly address: string;
      readonly mount: string;
      readonly key: string;
      readonly credentials: string;
    }
  | { readonly kind: "awskms"; readonly region: string; readonly key: string; readonly credentials: string }
  | {
      readonly kind: "gcpckms";
      readonly project: string;
      readonly region: string;
      readonly keyRing: string;
      readonly key: string;
      readonly credentials: string;
    }
  | { readonly kind: "azurekeyvault"; readonly tenant: string; readonly vault: string; readonly key: string; readonly credentials: string };

/** What one service may do, and how it logs in. */
export interface Client extends SecretEngineClaim {
  readonly namespace: string;
}

/** Arguments of {@link OpenBao}. */
export interface OpenBaoArgs extends ServiceArgs {
  /** Storage class of the data volumes. Changing it replaces them. */
  readonly storageClass: string;
  /** True: the data volumes are protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the data volumes, the key of the static seal, and the namespace they are in. */
  readonly retainData: boolean;
  /** By the name of their role and policy. */
  readonly clients: Readonly<Record<string, Client>>;
  /** Where the pods of those with an AppRole come from: nobody else may use it. */
  readonly podCidr: string;
  /** @default static */
  readonly seal?: Seal;
  /** What signs its certificate. @default an authority of its own */
  readonly authority?: CertificatePair;
  /** Set where it is reached at its host too, with its pages. @default inside the cluster only */
  readonly ingress?: IngressRoute;
  /**
   * Base URL by which what lives in the server is put there: its pods' port 8200, as the machine reaches it that runs the program, by a connection
   * that begins in the pod.
   * @default the port on 127.0.0.1 that the environment's own way there has; an OpenBao that is made alone must be given one (`forwardTo`)
   */
  readonly managedAt?: Input<string>;
}
