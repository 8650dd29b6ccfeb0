import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import { Platform } from "../../../components/platform/platform";
import type { EnvironmentPlan, TlsPlan } from "../../../model/plan/types";
import type { Graph } from "../../../testing/graph";
import { type Bag, isSecretEnvelope } from "../../../testing/mocks";
import { at, CANARY, environmentPlan, everyServicePlan, platformGraph, serviceGraph } from "./fixtures";

const withTls = (plan: EnvironmentPlan, tls: TlsPlan): EnvironmentPlan => ({ ...plan, platform: { ...plan.platform, tls } });
const signed = (...authorities: number[]): EnvironmentPlan => withTls(environmentPlan(), { kind: "selfSigned", authorities });

/** What portal pods trust, and what signed the certificate that the ingress shows. */
async function trusted(plan: EnvironmentPlan): Promise<{ readonly bundle: unknown; readonly signer: unknown; readonly g: Graph }> {
  const g = await platformGraph(plan);
  const bundle = at(g.get("seoul-portal-trust").inputs, "data", "ca.crt");
  return { bundle, signer: at(g.get("seoul-tls-server").inputs, "caCertPem"), g };
}

describe("whom the platform trusts", () => {
  it("is another authority beside the first before that signs, and the first for as long as something of it is about", async () => {
    const [first, second] = ["certificate of seoul-tls-ca", "certificate of seoul-tls-2-ca"];
    const seen = [signed(1), signed(1, 2), signed(2, 1), signed(2)].map(trusted);
    const [alone, beside, passed, gone] = await Promise.all(seen);
    assert.deepEqual([alone?.bundle, alone?.signer], [first, first]);
    assert.deepEqual([beside?.bundle, beside?.signer], [`${first}${second}`, first]);
    assert.deepEqual([passed?.bundle, passed?.signer], [`${second}${first}`, second]);
    assert.deepEqual([gone?.bundle, gone?.signer], [second, second]);
    // An authority is the same resource in whichever place it stands.
    assert.deepEqual(beside?.g.added(passed!.g), []);
    assert.deepEqual(alone?.g.added(beside!.g), ["seoul-tls-2-ca", "seoul-tls-2-ca-key"]);
    assert.deepEqual(passed?.g.removed(gone!.g), ["seoul-tls-ca", "seoul-tls-ca-key"]);
  });

  it("reaches the clients of those whose certificates it signs, both authorities in between", async () => {
    const g = await platformGraph(withTls(everyServicePlan(), { kind: "selfSigned", authorities: [2, 1] }));
    const both = "certificate of seoul-tls-2-cacertificate of seoul-tls-ca";
    for (const [service, secretOf] of Object.entries({ openbao: "tls", postgresql: "tls", mariadb: "tls", keycloak: "ca" })) {
      const { value } = g.get(`seoul-${service}-${secretOf}`).inputs.stringData as { value: Bag };
      assert.equal(value["ca.crt"], both, service);
      assert.equal(at(g.get(`seoul-${service}-tls-server`).inputs, "caCertPem"), "certificate of seoul-tls-2-ca", service);
    }
    assert.equal(at(g.get("seoul-keycloak-trust").inputs, "data", "ca.crt"), both);
    assert.equal(at(g.get("seoul-portal-trust").inputs, "data", "mariadb.crt"), both);
    assert.equal(g.get("seoul-keycloak-provider").inputs.rootCaCertificate, both);
    const issuer = g.get("seoul-cert-manager-ca").inputs.stringData as { value: Bag };
    assert.equal(issuer.value["tls.crt"], "certificate of seoul-tls-2-ca");
  });

  it("is what a given certificate names, else the certificate itself", async () => {
    const provided = withTls(environmentPlan(), {
      kind: "provided",
      certificate: { env: "C" },
      key: { env: "K" },
      authority: { env: "A" },
    });
    const bundle = async (more: object) =>
      at(
        (await platformGraph(provided, {}, { tlsCertificate: "chain", tlsKey: secret(CANARY), ...more })).get("seoul-portal-trust").inputs,
        "data",
        "ca.crt",
      );
    assert.deepEqual(await Promise.all([bundle({}), bundle({ tlsAuthority: "old and new" })]), ["chain", "old and new"]);
  });
});

describe("the nodes' trust in a registry of the platform's", () => {
  const ssh = { user: "ubuntu", privateKey: secret(CANARY) };
  const hosts = { "worker-1": { address: "10.20.0.11" } };
  const onNodes = (plan: EnvironmentPlan): Promise<Graph> =>
    serviceGraph(
      ({ cluster }, provider) => new Platform("seoul", { plan, nodes: { hosts, ssh }, cluster: { provider, resource: cluster! } }),
    );
  const harbor = everyServicePlan().services.filter(({ name }) => ["metallb", "storage", "ingress", "harbor"].includes(name));
  const plan = environmentPlan({ services: harbor });

  it("is written where nodes pull from it, and follows the authorities", async () => {
    const g = await onNodes(plan);
    const { inputs, options } = g.get("seoul-registry-trust");
    assert.equal(inputs.playbook, "registry-trust");
    assert.deepEqual(inputs.hosts, hosts);
    assert.deepEqual(at(inputs, "variables", "kpaas_registry_trust"), { "harbor.seoul.example.org": "certificate of seoul-tls-ca" });
    assert.ok(isSecretEnvelope(at(inputs, "ssh", "privateKey")));
    assert.equal(options.deletedWith, "cluster");
  });

  it("is nobody's business without such a registry, or where a public authority vouches for it", async () => {
    for (const other of [
      environmentPlan({ services: harbor.filter(({ name }) => name !== "harbor") }),
      withTls(
        { ...plan, services: [...plan.services, ...everyServicePlan().services.filter(({ name }) => name === "certManager")] },
        { kind: "acme", email: "a@example.org" },
      ),
    ])
      assert.ok(!(await onNodes(other)).resources.some(({ name }) => name === "seoul-registry-trust"));
  });
});
