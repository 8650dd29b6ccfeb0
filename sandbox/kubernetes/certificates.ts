import { createHash } from "node:crypto";
import { at, fields, type KubeObject, list, nameOf, namespaceOf, text } from "./values";
import type { Controllers, Finding } from "./workloads";

/** cert-manager's part: issuers are ready when their secrets are there, certificates when their issuer is; the latter get their Secret. */
export const certificates: Readonly<Record<string, (object: KubeObject, controllers: Controllers) => Finding>> = {
  "cert-manager.io/v1/Issuer": issuer,
  "cert-manager.io/v1/ClusterIssuer": issuer,
  "cert-manager.io/v1/Certificate": certificate,
};

function ready(holds: boolean, reason: string, message: string): Finding {
  // Not waited for: the provider waits for custom resources only when it is told to.
  return { status: { conditions: [{ type: "Ready", status: holds ? "True" : "False", reason, message }] }, reasons: [] };
}

function issuer(object: KubeObject, { api }: Controllers): Finding {
  const name = text(at(object, "spec.ca.secretName"));
  if (name === undefined) return ready(true, "IsReady", "");
  const namespace = object.kind === "ClusterIssuer" ? "cert-manager" : namespaceOf(object);
  if (api.objects.get("v1", "Secret", namespace, name) !== undefined) return ready(true, "KeyPairVerified", "Signing CA verified");
  return ready(false, "SecretNotFound", `Error getting keypair for CA issuer: secret "${name}" not found`);
}

function certificate(object: KubeObject, controllers: Controllers): Finding {
  const { api } = controllers;
  const spec = fields(object.spec);
  const reference = fields(spec.issuerRef);
  const kind = text(reference.kind) ?? "Issuer";
  const source = api.objects.get("cert-manager.io/v1", kind, namespaceOf(object), String(reference.name));
  if (source === undefined) return ready(false, "DoesNotExist", `Referenced "${kind}" not found: "${String(reference.name)}" not found`);
  const issued = list(issuer(source, controllers).status.conditions).every((one) => fields(one).status === "True");
  if (!issued) return ready(false, "DoesNotExist", `Referenced "${kind}" is not ready`);
  const metadata = {
    name: String(spec.secretName),
    namespace: namespaceOf(object),
    annotations: { "cert-manager.io/certificate-name": nameOf(object) },
  };
  const made = { apiVersion: "v1", kind: "Secret", metadata, type: "kubernetes.io/tls", stringData: standIns(object) };
  if (api.get(made) === undefined) api.create(made);
  return ready(true, "Ready", "Certificate is up to date and has not expired");
}

/** Stand-ins of the certificate's shape: no key is ever made here. */
function standIns(object: KubeObject): Record<string, string> {
  const pem = (kind: string, purpose: string): string => {
    const body = createHash("sha256")
      .update(`${purpose}:${namespaceOf(object)}/${nameOf(object)}`)
      .digest("base64");
    return `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;
  };
  return { "tls.crt": pem("CERTIFICATE", "leaf"), "tls.key": pem("PRIVATE KEY", "key"), "ca.crt": pem("CERTIFICATE", "ca") };
}
