import "reflect-metadata"; // needed by the certificate library before it is loaded
import { randomUUID, webcrypto } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PemConverter, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { z } from "zod";
import { ApiRefusedError, type ClusterApi } from "./cluster-api";

/** What a user of a kubeconfig logs in by: PEM, in base64. The key is secret, and is nowhere else. */
export interface IssuedCertificate {
  readonly "client-certificate-data": string;
  readonly "client-key-data": string;
}

/** The group of kubeadm's administrators, bound to cluster-admin from 1.29 on; `system:masters` is given to nobody by the API. */
const ADMINISTRATORS = "kubeadm:cluster-admins";
const REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const answerSchema = z.object({ status: z.object({ certificate: z.string().optional() }).optional() });

/** How long the cluster's controller may take to sign, and how often it is asked, in milliseconds. */
const TIMES = { within: 30_000, every: 500 };

/**
 * Has a cluster sign a client certificate of its administrators that ends soon, by its API for that (certificates.k8s.io).
 * @param name whom the audit log is to name
 * @param seconds until it ends; 600 at least
 * @throws Error where the cluster cannot, in words
 */
export async function issueCertificate(api: ClusterApi, name: string, seconds: number, times = TIMES): Promise<IssuedCertificate> {
  await api.call(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${ADMINISTRATORS}`).catch((error: unknown) => {
    if (error instanceof ApiRefusedError && error.status === 404)
      throw new Error(`its administrators are no group that a certificate could be of (${ADMINISTRATORS}, kubeadm's from 1.29 on)`);
    throw error;
  });
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const subject: Record<string, string[]>[] = [{ O: [ADMINISTRATORS] }, { CN: [name] }];
  const request = await Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm: algorithm });
  const id = `kpaas-${randomUUID()}`;
  await api.call(REQUESTS, {
    method: "POST",
    body: {
      ...{ apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: { name: id } },
      spec: {
        request: inBase64(request.toString("pem")),
        signerName: "kubernetes.io/kube-apiserver-client",
        expirationSeconds: seconds,
        usages: ["client auth"],
      },
    },
  });
  const approved = { type: "Approved", status: "True", reason: "KpaasKubeconfig", message: "asked for by kpaas kubeconfig --ttl" };
  await api.call(`${REQUESTS}/${id}/approval`, {
    method: "PATCH",
    type: "application/merge-patch+json",
    body: { status: { conditions: [approved] } },
  });
  for (let waited = 0; waited <= times.within; waited += times.every) {
    const { status } = answerSchema.parse(await api.call(`${REQUESTS}/${id}`));
    if (status?.certificate !== undefined) {
      const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
      return { "client-certificate-data": status.certificate, "client-key-data": inBase64(key) };
    }
    await pause(times.every);
  }
  throw new Error(`nobody signed the request ${id} within ${times.within / 1_000} s: look at kube-controller-manager`);
}

function inBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
