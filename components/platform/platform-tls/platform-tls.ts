import { ComponentResource, type ComponentResourceOptions, type Output, output, secret } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { ownOptions } from "../../options";
import { type CertificatePair, certificateAuthority, serverCertificate } from "../certificates";
import type { PlatformTlsArgs } from "./args";

/** The certificate of the platform's domain and of everything directly under it. */
export class PlatformTls extends ComponentResource {
  /** What the ingress serves: certificate (with its chain) and key. */
  readonly server: CertificatePair;
  /** What signs further certificates; undefined where the certificate was provided. */
  readonly authority: CertificatePair | undefined;
  /** What clients inside the cluster must trust: the CA's certificate, or the provided certificate itself. PEM. */
  readonly trust: Output<string>;

  constructor(name: string, args: PlatformTlsArgs, opts?: ComponentResourceOptions) {
    super(serviceType("PlatformTls"), name, { kind: args.kind, domain: args.domain }, ownOptions(opts).options);
    const { domain } = args;
    if (args.kind === "provided") {
      this.server = { certificate: output(args.certificate), key: secret(args.key) };
      this.authority = undefined;
      this.trust = this.server.certificate;
    } else {
      this.authority = certificateAuthority(name, domain, this);
      this.server = serverCertificate(name, { dnsNames: [domain, `*.${domain}`] }, this.authority, this);
      this.trust = this.authority.certificate;
    }
    this.registerOutputs({ trust: this.trust });
  }
}
