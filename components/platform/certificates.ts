import { type ComponentResource, type Output, secret } from "@pulumi/pulumi";
import { CertRequest } from "@pulumi/tls/certRequest";
import { LocallySignedCert } from "@pulumi/tls/locallySignedCert";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";

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
  /** Of an authority: what those trust who meet what it signed, where that is more than itself: the one before it or after it too. PEM. */
  readonly trust?: Output<string>;
}

/** What those trust who meet what an authority signed. PEM. */
export function trustOf({ certificate, trust }: CertificatePair): Output<string> {
  return trust ?? certificate;
}

/** What a server is met at. */
export interface ServerNames {
  readonly dnsNames: readonly [string, ...string[]];
  readonly ipAddresses?: readonly string[];
  /** Whether it shows its certificate to others of its like as well. @default false */
  readonly isClient?: boolean;
}

/** A new authority, named after what it is for. */
export function certificateAuthority(name: string, subject: string, parent: ComponentResource): CertificatePair {
  const key = new PrivateKey(`${name}-ca-key`, { algorithm: "ECDSA", ecdsaCurve: "P384" }, { parent });
  const certificate = new SelfSignedCert(
    `${name}-ca`,
    {
      privateKeyPem: secret(key.privateKeyPem),
      isCaCertificate: true,
      setSubjectKeyId: true,
      subject: { commonName: `${subject.slice(0, COMMON_NAME - 3)} CA`, organization: "K-PaaS" },
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: CA_LIFE,
      earlyRenewalHours: CA_RENEWAL,
    },
    { parent },
  );
  return { certificate: certificate.certPem, key: secret(key.privateKeyPem) };
}

/** A server's certificate by an authority. */
export function serverCertificate(
  name: string,
  { dnsNames, ipAddresses, isClient }: ServerNames,
  authority: CertificatePair,
  parent: ComponentResource,
): CertificatePair {
  const key = new PrivateKey(`${name}-server-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent });
  const request = new CertRequest(
    `${name}-server-request`,
    {
      privateKeyPem: secret(key.privateKeyPem),
      subject: { commonName: dnsNames[0].slice(0, COMMON_NAME), organization: "K-PaaS" },
      dnsNames: [...dnsNames],
      ...(ipAddresses ? { ipAddresses: [...ipAddresses] } : {}),
    },
    { parent },
  );
  const certificate = new LocallySignedCert(
    `${name}-server`,
    {
      caCertPem: authority.certificate,
      caPrivateKeyPem: authority.key,
      certRequestPem: request.certRequestPem,
      setSubjectKeyId: true,
      allowedUses: ["digital_signature", "key_encipherment", "server_auth", ...(isClient ? ["client_auth"] : [])],
      validityPeriodHours: SERVER_LIFE,
      earlyRenewalHours: SERVER_RENEWAL,
    },
    { parent },
  );
  return { certificate: certificate.certPem, key: secret(key.privateKeyPem) };
}

/** Services of one namespace. */
export interface ServiceNames {
  readonly services: readonly string[];
  readonly namespace: string;
  /** What the server is met by beside them, as it stands. @default nothing */
  readonly beside?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

/** A server's certificate for Services of one namespace, by each of the names that a cluster's pods know them by. */
export function serviceCertificate(
  name: string,
  { services, namespace, beside = [], ipAddresses }: ServiceNames,
  authority: CertificatePair,
  parent: ComponentResource,
): CertificatePair {
  const [first = "", ...others] = services.flatMap((service) =>
    ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map((suffix) => `${service}${suffix}`),
  );
  return serverCertificate(name, { dnsNames: [first, ...others, ...beside], ...(ipAddresses ? { ipAddresses } : {}) }, authority, parent);
}
