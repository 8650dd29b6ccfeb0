import { ComponentResource, type ComponentResourceOptions, type Output, output, secret } from "@pulumi/pulumi";
import { CertRequest } from "@pulumi/tls/certRequest";
import { LocallySignedCert } from "@pulumi/tls/locallySignedCert";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";
import { serviceType } from "../../../model/type-tokens";
import { ownOptions } from "../../options";
import type { PlatformTlsArgs } from "./args";

const DAY = 24;
const CA_LIFE = 3650 * DAY;
/** A CA is renewed while every certificate it signed can still be renewed under the new one. */
const CA_RENEWAL = 365 * DAY;
/** Browsers and operating systems refuse a server certificate of more than 398 days. */
const SERVER_LIFE = 365 * DAY;
/** From then on the next run makes a new one. */
const SERVER_RENEWAL = 30 * DAY;

/** The most characters a common name may have; clients go by the DNS names. */
const COMMON_NAME = 64;

/** A certificate with its key, both PEM; the key is secret. */
export interface CertificatePair {
  readonly certificate: Output<string>;
  readonly key: Output<string>;
}

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
    if (args.kind === "provided") {
      this.server = { certificate: output(args.certificate), key: secret(args.key) };
      this.authority = undefined;
      this.trust = this.server.certificate;
    } else {
      this.authority = this.createAuthority(name, args.domain);
      this.server = this.createServer(name, args.domain, this.authority);
      this.trust = this.authority.certificate;
    }
    this.registerOutputs({ trust: this.trust });
  }

  private createAuthority(name: string, domain: string): CertificatePair {
    const key = new PrivateKey(`${name}-ca-key`, { algorithm: "ECDSA", ecdsaCurve: "P384" }, { parent: this });
    const certificate = new SelfSignedCert(
      `${name}-ca`,
      {
        privateKeyPem: secret(key.privateKeyPem),
        isCaCertificate: true,
        setSubjectKeyId: true,
        subject: { commonName: `${domain.slice(0, COMMON_NAME - 3)} CA`, organization: "K-PaaS" },
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: CA_LIFE,
        earlyRenewalHours: CA_RENEWAL,
      },
      { parent: this },
    );
    return { certificate: certificate.certPem, key: secret(key.privateKeyPem) };
  }

  private createServer(name: string, domain: string, authority: CertificatePair): CertificatePair {
    const key = new PrivateKey(`${name}-server-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const request = new CertRequest(
      `${name}-server-request`,
      {
        privateKeyPem: secret(key.privateKeyPem),
        subject: { commonName: domain.slice(0, COMMON_NAME), organization: "K-PaaS" },
        dnsNames: [domain, `*.${domain}`],
      },
      { parent: this },
    );
    const certificate = new LocallySignedCert(
      `${name}-server`,
      {
        caCertPem: authority.certificate,
        caPrivateKeyPem: authority.key,
        certRequestPem: request.certRequestPem,
        setSubjectKeyId: true,
        allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
        validityPeriodHours: SERVER_LIFE,
        earlyRenewalHours: SERVER_RENEWAL,
      },
      { parent: this },
    );
    return { certificate: certificate.certPem, key: secret(key.privateKeyPem) };
  }
}
