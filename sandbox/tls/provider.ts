import { CURVE_NAMES, generateKey, keyId, opensshForms, pkcs8Pem, publicPem, traditionalPem } from "../../model/private-keys";
import { type Clock, systemClock } from "../../plugin/clock";
import { type CheckFailure, type Properties, type Provider, secret } from "../../plugin/rpc/provider";
import { type GeneratedType, generatedProvider } from "../generated";
import { number, text } from "../values";
import { EXTENDED_USES, KEY_USES } from "./uses";

const USES = [...Object.keys(KEY_USES), ...Object.keys(EXTENDED_USES)];

/** The `tls` provider: real keys and certificates. Everything the real provider marks secret is secret. */
export function createTlsProvider(now: Clock = systemClock): Provider {
  const certificate = { ...CERTIFICATE, isDue: (state: Properties) => isDue(state, now()) };
  return generatedProvider("tls", "5.6.1", {
    "tls:index/privateKey:PrivateKey": {
      required: ["algorithm"],
      optional: ["rsaBits", "ecdsaCurve"],
      // As the real provider, which records the defaults among the outputs only; both are inputs here, so that nothing differs later.
      defaults: { rsaBits: 2048, ecdsaCurve: "P224" },
      oneOf: { algorithm: ["RSA", "ECDSA", "ED25519"], ecdsaCurve: CURVE_NAMES },
      outputs: [
        "privateKeyOpenssh",
        "privateKeyPem",
        "privateKeyPemPkcs8",
        "publicKeyFingerprintMd5",
        "publicKeyFingerprintSha256",
        "publicKeyOpenssh",
        "publicKeyPem",
      ],
      async generate(inputs) {
        const key = generateKey(text(inputs, "algorithm"), number(inputs, "rsaBits") ?? 2048, text(inputs, "ecdsaCurve"));
        const openssh = opensshForms(key);
        const outputs = {
          privateKeyPem: secret(traditionalPem(key)),
          privateKeyPemPkcs8: secret(pkcs8Pem(key)),
          privateKeyOpenssh: secret(openssh?.privateKey ?? ""),
          publicKeyPem: publicPem(key),
          publicKeyOpenssh: openssh?.publicKey ?? "",
          publicKeyFingerprintMd5: openssh?.md5 ?? "",
          publicKeyFingerprintSha256: openssh?.sha256 ?? "",
        };
        return { id: keyId(key), outputs };
      },
    },
    "tls:index/selfSignedCert:SelfSignedCert": {
      ...certificate,
      required: ["allowedUses", "validityPeriodHours", "privateKeyPem"],
      optional: [...OPTIONAL, "dnsNames", "ipAddresses", "uris", "subject", "setAuthorityKeyId"],
      outputs: [...VALIDITY, "keyAlgorithm"],
      async generate(inputs) {
        const { selfSigned } = await import("./certificates.js");
        const { pem, notBefore, notAfter, serial, keyAlgorithm } = await selfSigned(inputs, now());
        const outputs = { certPem: pem, validityStartTime: notBefore, validityEndTime: notAfter, readyForRenewal: false, keyAlgorithm };
        return { id: serial, outputs: { ...outputs, ...secrets(inputs) } };
      },
    },
    "tls:index/certRequest:CertRequest": {
      required: ["privateKeyPem"],
      optional: ["dnsNames", "ipAddresses", "uris", "subject"],
      defaults: {},
      outputs: ["certRequestPem", "keyAlgorithm"],
      async generate(inputs) {
        const [{ request }, { createHash }] = await Promise.all([import("./certificates.js"), import("node:crypto")]);
        const { pem, keyAlgorithm } = await request(inputs);
        const id = createHash("sha1").update(pem).digest("hex");
        return { id, outputs: { certRequestPem: pem, keyAlgorithm, ...secrets(inputs) } };
      },
    },
    "tls:index/locallySignedCert:LocallySignedCert": {
      ...certificate,
      required: ["allowedUses", "validityPeriodHours", "caCertPem", "caPrivateKeyPem", "certRequestPem"],
      optional: OPTIONAL,
      outputs: [...VALIDITY, "caKeyAlgorithm"],
      async generate(inputs) {
        const { locallySigned } = await import("./certificates.js");
        const { pem, notBefore, notAfter, serial, caKeyAlgorithm } = await locallySigned(inputs, now());
        const outputs = { certPem: pem, validityStartTime: notBefore, validityEndTime: notAfter, readyForRenewal: false, caKeyAlgorithm };
        return { id: serial, outputs: { ...outputs, ...secrets(inputs) } };
      },
    },
  });
}

const OPTIONAL = ["earlyRenewalHours", "isCaCertificate", "maxPathLength", "setSubjectKeyId"];
const VALIDITY = ["certPem", "validityStartTime", "validityEndTime", "readyForRenewal"];

const CERTIFICATE: Pick<GeneratedType, "defaults" | "oneOf" | "updatable" | "due" | "validate"> = {
  defaults: { earlyRenewalHours: 0, isCaCertificate: false, setSubjectKeyId: false },
  oneOf: { allowedUses: USES },
  updatable: ["earlyRenewalHours"],
  due: "readyForRenewal",
  validate(inputs): CheckFailure[] {
    const hours = number(inputs, "validityPeriodHours") ?? 0;
    return hours >= 1 ? [] : [{ property: "validityPeriodHours", reason: `must be at least 1, got ${hours}` }];
  },
};

function isDue(state: Properties, now: Date): boolean {
  const end = Date.parse(text(state, "validityEndTime"));
  return now.getTime() >= end - (number(state, "earlyRenewalHours") ?? 0) * 3_600_000;
}

/** The private keys among the inputs, marked again: what is put into the state must be encrypted there. */
function secrets(inputs: Properties): Properties {
  const keys = ["privateKeyPem", "caPrivateKeyPem"].filter((key) => typeof inputs[key] === "string");
  return Object.fromEntries(keys.map((key) => [key, secret(inputs[key])]));
}
