import { type Output, type Resource, secret } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";

const DAY = 24;
/** Nobody but our own providers trusts it, by itself: it is as good as the key in its Secret, however old. */
const LIFE = 3650 * DAY;
const RENEWAL = 365 * DAY;

/** A certificate with its key, both PEM; the key is secret. */
export interface OwnCertificate {
  readonly certificate: Output<string>;
  readonly key: Output<string>;
}

/** What a service shows to whoever administers it from 127.0.0.1: they know it by this certificate and no other. */
export function ownCertificate(name: string, service: string, parent: Resource): OwnCertificate {
  const { privateKeyPem } = new PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent });
  const key = secret(privateKeyPem);
  const { certPem } = new SelfSignedCert(
    name,
    {
      privateKeyPem: key,
      subject: { commonName: service, organization: "K-PaaS" },
      ipAddresses: ["127.0.0.1"],
      allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
      validityPeriodHours: LIFE,
      earlyRenewalHours: RENEWAL,
    },
    { parent },
  );
  return { certificate: certPem, key };
}
