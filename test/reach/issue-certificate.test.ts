import assert from "node:assert/strict";
import { stringify } from "yaml";
import { ClusterApi } from "../../reach/cluster-api";
import { issueCertificate } from "../../reach/issue-certificate";
import { startHttps } from "../support/https-server";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: { readonly spec?: Readonly<Record<string, unknown>> };
}

/** A cluster that signs at the second look, or has no such administrators. */
async function played(hasGroup: boolean, signs: boolean, work: (api: ClusterApi, seen: readonly Seen[]) => Promise<void>): Promise<void> {
  const seen: Seen[] = [];
  let looks = 0;
  const server = await startHttps({ type: "ip", value: "127.0.0.1" }, (request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const { method = "", url = "" } = request;
      seen.push({ method, url: url.replace(/kpaas-[0-9a-f-]+/, "ID"), body: body === "" ? {} : JSON.parse(body) });
      if (url.includes("clusterrolebindings") && !hasGroup) response.statusCode = 404;
      const looked = method === "GET" && url.includes("certificatesigningrequests");
      response.end(JSON.stringify(looked && signs && ++looks > 1 ? { status: { certificate: "c2lnbmVk" } } : { status: {} }));
    });
  });
  const authority = Buffer.from(server.certificate).toString("base64");
  const kubeconfig = {
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    clusters: [{ name: "a", cluster: { server: `https://127.0.0.1:${server.port}`, "certificate-authority-data": authority } }],
    users: [{ name: "a", user: { token: "canary" } }],
  };
  try {
    await work(new ClusterApi(stringify(kubeconfig)), seen);
  } finally {
    await server.close();
  }
}

const TIMES = { within: 20, every: 5 };

describe("a certificate that ends soon", () => {
  it("is asked for, approved and waited for, and its key never leaves", () =>
    played(true, true, async (api, seen) => {
      const issued = await issueCertificate(api, "kpaas:somebody", 3_600, TIMES);
      assert.equal(issued["client-certificate-data"], "c2lnbmVk");
      assert.match(Buffer.from(issued["client-key-data"], "base64").toString(), /^-----BEGIN PRIVATE KEY-----/);
      const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
      assert.deepEqual(
        seen.slice(1).map(({ method, url }) => `${method} ${url}`),
        [`POST ${requests}`, `PATCH ${requests}/ID/approval`, `GET ${requests}/ID`, `GET ${requests}/ID`],
      );
      const { signerName, expirationSeconds, request } = seen[1]?.body.spec ?? {};
      assert.deepEqual([signerName, expirationSeconds], ["kubernetes.io/kube-apiserver-client", 3_600]);
      assert.ok(!JSON.stringify(seen).includes("PRIVATE KEY"));
      assert.match(Buffer.from(String(request), "base64").toString(), /^-----BEGIN CERTIFICATE REQUEST-----/);
    }));

  it("is not to be had where the cluster has no such administrators, or nobody signs", async () => {
    await played(false, true, (api) => assert.rejects(issueCertificate(api, "a", 600, TIMES), /no group that a certificate could be of/));
    await played(true, false, (api) => assert.rejects(issueCertificate(api, "a", 600, TIMES), /nobody signed the request/));
  });
});
