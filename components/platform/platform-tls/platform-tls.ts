import { all, ComponentResource, type ComponentResourceOptions, type Output, output, secret } from "@pulumi/pulumi";
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
  /** What clients inside the cluster must trust: the authorities' certificates, or what was provided for that. PEM. */
  readonly trust: Output<string>;

  constructor(name: string, args: PlatformTlsArgs, opts?: ComponentResourceOptions) {
    super(serviceType("PlatformTls"), name, { kind: args.kind, domain: args.domain }, ownOptions(opts).options);
    const { domain } = args;
    if (args.kind === "provided") {
      this.server = { certificate: output(args.certificate), key: secret(args.key) };
      this.authority = undefined;
      this.trust = args.authority === undefined ? this.server.certificate : output(args.authority);
    } else {
      const [signing = 1, ...others] = args.authorities ?? [1];
      const authority = this.authorityOf(name, signing, domain);
      const trusted = [authority, ...others.map((other) => this.authorityOf(name, other, domain))].map(({ certificate }) => certificate);
      this.trust = others.length === 0 ? authority.certificate : all(trusted).apply((certificates) => certificates.join(""));
      this.authority = { ...authority, trust: this.trust };
      this.server = serverCertificate(name, { dnsNames: [domain, `*.${domain}`] }, this.authority, this);
    }
    this.registerOutputs({ trust: this.trust });
  }

  /** One of the environment's own authorities. Each stands for itself, whichever signs. */
  private authorityOf(name: string, number: number, domain: string): CertificatePair {
    return certificateAuthority(number === 1 ? name : `${name}-${number}`, domain, this);
  }
}
