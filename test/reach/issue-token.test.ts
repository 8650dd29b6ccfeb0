import assert from "node:assert/strict";
import { stringify } from "yaml";
import { ClusterApi } from "../../reach/cluster-api";
import { issueToken } from "../../reach/issue-token";
import { startHttps } from "../support/https-server";

describe("a token that ends soon", () => {
  it("is of an account that is applied first, with rights that are no cluster-admin's, and is asked for with its end", async () => {
    const seen: { readonly what: string; readonly body: Readonly<Record<string, unknown>> }[] = [];
    const server = await startHttps({ type: "ip", value: "127.0.0.1" }, (request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        seen.push({ what: `${request.method} ${request.url} ${request.headers["content-type"]}`, body: JSON.parse(body) });
        response.end(JSON.stringify(request.method === "POST" ? { status: { token: "issued" } } : {}));
      });
    });
    const ca = Buffer.from(server.certificate).toString("base64");
    const kubeconfig = {
      "current-context": "a",
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      clusters: [{ name: "a", cluster: { server: `https://127.0.0.1:${server.port}`, "certificate-authority-data": ca } }],
      users: [{ name: "a", user: { token: "canary" } }],
    };
    try {
      assert.deepEqual(await issueToken(new ClusterApi(stringify(kubeconfig)), 86_400), { token: "issued" });
    } finally {
      await server.close();
    }
    const applied = "application/apply-patch+yaml";
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    const account = "/api/v1/namespaces/kpaas-access/serviceaccounts/kpaas-access";
    assert.deepEqual(
      seen.map(({ what }) => what),
      [
        ...[
          "/api/v1/namespaces/kpaas-access",
          account,
          `${rbac}/clusterroles/kpaas-access`,
          `${rbac}/clusterrolebindings/kpaas-access`,
        ].map((path) => `PATCH ${path}?fieldManager=kpaas&force=true ${applied}`),
        `POST ${account}/token application/json`,
      ],
    );
    assert.deepEqual(seen.at(-1)?.body.spec, { expirationSeconds: 86_400 });
    assert.doesNotMatch(JSON.stringify(seen[2]?.body), /"\*"/);
  });
});
