import { runtime } from "@pulumi/pulumi";
import { cloudOfResource } from "../model/cloud";
import { HARBOR_PROJECT, HARBOR_ROBOT, KUBESPRAY_CLUSTER } from "../model/type-tokens";
import { clouds } from "../providers/clouds";

/** Properties of a resource. */
export type Bag = Record<string, unknown>;

/** Computed outputs by resource type. */
export type Outputs = Readonly<Record<string, (name: string, inputs: Bag) => Bag>>;

/** Answers of provider functions by token. */
export type Invokes = Readonly<Record<string, (inputs: Bag) => Bag | Promise<Bag>>>;

/** A value in the form secrets have on the wire. */
export function secretEnvelope(value: unknown): Bag {
  return { [runtime.specialSigKey]: runtime.specialSecretSig, value };
}

/** True for a value in a secret envelope. */
export function isSecretEnvelope(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    runtime.specialSigKey in value &&
    (value as Bag)[runtime.specialSigKey] === runtime.specialSecretSig
  );
}

/** The value inside an envelope, or the value itself. */
export function unwrapSecret(value: unknown): unknown {
  return isSecretEnvelope(value) ? (value as Bag).value : value;
}

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE-stand-in\n-----END OPENSSH PRIVATE KEY-----\n";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nstand-in\n-----END CERTIFICATE-----\n";

/** What real providers compute, as far as our programs read it. */
const KNOWN: Outputs = {
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyOpenssh: secretEnvelope(KEY),
    privateKeyPem: secretEnvelope(KEY),
    privateKeyPemPkcs8: secretEnvelope(KEY),
    publicKeyOpenssh: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${name}\n`,
    publicKeyPem: "-----BEGIN PUBLIC KEY-----\nstand-in\n-----END PUBLIC KEY-----\n",
  }),
  "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: CERTIFICATE }),
  "tls:index/certRequest:CertRequest": () => ({ certRequestPem: CERTIFICATE }),
  "tls:index/locallySignedCert:LocallySignedCert": () => ({ certPem: CERTIFICATE }),
  [KUBESPRAY_CLUSTER]: (_name, inputs) => ({
    kubeconfig: secretEnvelope("apiVersion: v1\nkind: Config\n"),
    endpoint: "https://10.20.0.2:6443",
    versions: { kubernetes: inputs.kubernetes },
    nodeTable: {},
    steps: [],
  }),
  [HARBOR_PROJECT]: () => ({ projectId: 1 }),
  [HARBOR_ROBOT]: (_name, inputs) => ({ fullName: `robot$${inputs.project}+${inputs.name}`, robotId: 1, disabled: false }),
  "random:index/randomPassword:RandomPassword": (name) => ({
    result: secretEnvelope(`generated-${name}`),
    bcryptHash: secretEnvelope("$2a$"),
  }),
  "random:index/randomString:RandomString": (name) => ({ result: `generated-${name}` }),
  "random:index/randomId:RandomId": () => ({ hex: "0123456789abcdef", b64Url: "ASNFZ4mrze8", dec: "81985529216486895" }),
  "vault:appRole/authBackendRole:AuthBackendRole": (name) => ({ roleId: `generated-${name}` }),
  "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": (name) => ({ secretId: `generated-${name}` }),
  "random:index/randomUuid:RandomUuid": () => ({ result: "6b5e1a5c-2f0a-4c1e-9d55-0f1c3e7a9b21" }),
};

/** The computed outputs of a resource: `extra` first, then what mocks.ts knows. */
export function computedOutputs(type: string, name: string, inputs: Bag, extra: Outputs | undefined): Bag {
  return (
    extra?.[type]?.(name, inputs) ?? KNOWN[type]?.(name, inputs) ?? cloudOfResource({ type }, clouds)?.mocks?.()[type]?.(name, inputs) ?? {}
  );
}
