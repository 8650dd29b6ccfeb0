import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { type Flags, settingsOf } from "../../../server/settings";
import type { Graph } from "../../../testing/graph";
import { type Bag, unwrapSecret } from "../../../testing/mocks";
import { environmentFile, planFile, plannedFile } from "../../support/environment";
import { at, CANARY, environmentPlan, ofKind, platformGraph, workloads } from "./fixtures";

const IMAGE = "registry.example.org/kpaas/kpaas-server:0.1.0";
const LOGIN = { user: "kpaas", password: { env: "GIT_PASSWORD" } };
const HTTPS = { url: "https://git.example.org/environments.git", login: LOGIN };
const SSH = { url: "ssh://git@git.example.org/environments.git", key: { env: "GIT_KEY" }, hosts: "git.example.org ssh-ed25519 AAAA" };

const switches = (kpaasServer: unknown, more: object = {}) => ({ postgresql: true, openbao: true, kpaasServer, ...more });
const file = (services: object, more: object = {}) => environmentFile({ platform: { services }, ...more });

/** The platform of such a file, planned as `kpaas up` does. */
function platformOf(repository: object, more: object = {}, profile = "minimal"): EnvironmentPlan {
  const { plan } = plannedFile(file(switches({ image: IMAGE, repository }, more), { profile }));
  return environmentPlan({ environment: plan.environment, services: plan.services, platform: plan.platform });
}

const graphOf = (plan: EnvironmentPlan) =>
  platformGraph(plan, undefined, {
    services: {
      "platform.services.kpaasServer.repository.login.password": secret(`${CANARY}-git`),
      "platform.services.kpaasServer.repository.key": secret(`${CANARY}-key`),
    },
  });

describe("kpaas server, as a service of the platform", () => {
  const graphs: Record<"https" | "ssh", Graph | undefined> = { https: undefined, ssh: undefined };
  const found = (which: keyof typeof graphs = "https") => graphs[which] ?? assert.fail(which);
  before(async () => {
    graphs.https = await graphOf(platformOf(HTTPS, { monitoring: true }));
    graphs.ssh = await graphOf(platformOf(SSH, { portal: false }));
  });

  const server = (g: Graph) => workloads(g).find(({ resource }) => resource.name === "seoul-kpaas-server-server") ?? assert.fail();
  const container = (g: Graph) => server(g).containers[0] ?? assert.fail();
  const told = (g: Graph) => container(g).args as string[];
  const held = (g: Graph, name: string) => unwrapSecret(g.get(`seoul-kpaas-server-${name}`).inputs.stringData) as Bag;

  it("tells the service what one of several has to be told, and nothing that it would refuse", () => {
    for (const which of ["https", "ssh"] as const) {
      const flags = Object.fromEntries(
        told(found(which)).map((word) => {
          const [, name = "", value] = /^--([a-z-]+)(?:=(.*))?$/.exec(word) ?? [];
          return [name.replace(/-(.)/g, (_match, letter: string) => letter.toUpperCase()), value ?? true];
        }),
      ) as unknown as Flags;
      const settings = settingsOf(flags, held(found(which), "secret") as Record<string, string>);
      assert.deepEqual([settings.replicated, settings.port, settings.metrics?.port], [true, 8091, 9091]);
      assert.deepEqual(settings.vault, {
        ...{ url: "https://openbao.openbao.svc:8200", role: "kpaasServer", tokenFile: "/etc/kpaas/tokens/openbao" },
      });
      assert.deepEqual(settings.page, { issuer: settings.tokens?.issuer, client: "kpaas-page" });
      assert.match(
        settings.stateBackend?.url ?? "",
        /^postgres:\/\/kpaasServer@postgresql\.postgresql\.svc:5432\/kpaas_server\?sslmode=verify-full/,
      );
      assert.equal(settings.basicAuth, which === "https" ? "/etc/kpaas/files/password" : undefined);
      assert.throws(() => settingsOf(flags, {}), { name: "InvalidInputError" });
    }
  });

  it("has every file that it is told of, where its Secrets and its ConfigMap are mounted", () => {
    for (const which of ["https", "ssh"] as const) {
      const g = found(which);
      const files: Readonly<Record<string, string[]>> = {
        "/etc/kpaas/files": Object.keys(held(g, "files")),
        "/etc/kpaas/tls": Object.keys(held(g, "tls")),
        "/etc/kpaas/trust": Object.keys(g.get("seoul-kpaas-server-trust").inputs.data as Bag),
        "/etc/kpaas/tokens": ["openbao"],
      };
      const mounted = (container(g).volumeMounts as Bag[]).map(({ mountPath }) => mountPath);
      const env = (container(g).env as Bag[]).flatMap((each) => (each.value === undefined ? [] : [`=${String(each.value)}`]));
      const urls = Object.values(held(g, "secret")).flatMap((each) => String(each).match(/sslrootcert=\S+/g) ?? []);
      const paths = [...told(g), ...env, ...urls].flatMap((word) => /=(\/etc\/kpaas\/.*)$/.exec(word)?.[1] ?? []);
      assert.ok(paths.length >= 6, paths.join());
      for (const path of paths) {
        const [, folder = "", name = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
        assert.ok(mounted.includes(folder) && files[folder]?.includes(name), path);
      }
    }
    assert.match(String(held(found(), "files")["git-login"]), /^username=kpaas\npassword=canary-5f3d-git\n$/);
    assert.match(String(held(found("ssh"), "files")["git-key"]), /\n$/);
  });

  it("shows no secret, and asks OpenBao for the paths of its own and of K-PaaS's programs alone", () => {
    for (const which of ["https", "ssh"] as const) assert.deepEqual(found(which).leaks(CANARY), []);
    const policy = String(found().get("seoul-openbao-kpaasServer-policy").inputs.policy);
    const paths = Object.keys((JSON.parse(policy) as { path: object }).path);
    assert.ok(paths.includes("secret/data/cluster/*") && paths.includes("secret/metadata/ssh-key/*"), paths.join());
    assert.ok(
      paths.every((path) =>
        /^secret\/(data|metadata)\/(AWS|OPENSTACK|NAVER|NHN|KT|GCP|AZURE|VSPHERE|ssh-key|cluster|webhook)\/\*$/.test(path),
      ),
    );
  });

  it("has in the realm its roles, and a public client of its page whose tokens are meant for it, by PKCE", () => {
    const client = found().get("seoul-keycloak-client-kpaas-page").inputs;
    assert.deepEqual([client.accessType, client.pkceCodeChallengeMethod, client.clientSecret], ["PUBLIC", "S256", undefined]);
    assert.deepEqual(client.validRedirectUris, [`${String((client.webOrigins as string[])[0])}/`]);
    assert.match(String(client.webOrigins), /^https:\/\/terraman\./);
    assert.equal(found().get("seoul-keycloak-client-kpaas-page-audience").inputs.includedCustomAudience, "kpaas");
    const roles = ofKindNames(found(), "keycloak:index/role:Role", "name").filter((name) => name.startsWith("kpaas-"));
    assert.deepEqual(roles.sort(), ["kpaas-administrator", "kpaas-approver", "kpaas-operator", "kpaas-viewer"]);
  });

  it("is what the portal is led to, by its password and over verified TLS; without it nobody is let in by that", () => {
    const config = found().get("seoul-portal-config").inputs.data as Bag;
    assert.equal(config.CP_PORTAL_TERRAMAN_API_URI, "https://kpaas-server.kpaas-server.svc:8091");
    const portal = unwrapSecret(found().get("seoul-portal-secret").inputs.stringData) as Bag;
    assert.equal(portal.CPTERRAMAN_AUTHORIZATION_PASSWORD, held(found(), "files").password);
    assert.ok("clusters.crt" in (found().get("seoul-portal-trust").inputs.data as Bag));
    const from = at(found().get("seoul-kpaas-server-allow-ingress").inputs, "spec", "ingress", 0, "from") as Bag[];
    const namespaces = from.map((peer) => at(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"));
    assert.deepEqual(namespaces, ["ingress-nginx", "cp-portal"]);
    assert.equal((at(found("ssh").get("seoul-kpaas-server-allow-ingress").inputs, "spec", "ingress", 0, "from") as Bag[]).length, 1);
  });

  it("is two where the profile has several, of which one may be away", async () => {
    const g = await graphOf(platformOf(HTTPS, {}, "highAvailability"));
    assert.equal(at(server(g).resource.inputs, "spec", "replicas"), 2);
    assert.deepEqual(at(server(g).resource.inputs, "spec", "strategy", "rollingUpdate"), { maxUnavailable: 0, maxSurge: 1 });
    assert.equal(ofKind(g, "policy/v1:PodDisruptionBudget").filter(({ name }) => name.startsWith("seoul-kpaas-server")).length, 1);
  });

  const wrong = (services: object): string[] =>
    planFile(file(services)).problems.flatMap(({ severity, path, reason }) => (severity === "error" ? [`${path}: ${reason}`] : []));

  it("is refused with all that lacks: services by name, its image, its repository and what that is logged in to by", () => {
    assert.deepEqual(
      wrong({ kpaasServer: true }).map((each) =>
        each
          .split(/[;:,] /, 2)
          .join(": ")
          .replace(/ is missing.*/, " is missing"),
      ),
      [
        "platform.services.kpaasServer.image: is missing",
        "platform.services.kpaasServer.repository: is missing",
        "platform.services.openbao: kpaasServer needs openbao",
        "platform.services.postgresql: kpaasServer needs postgresql",
      ],
    );
    const at = (repository: object) =>
      wrong(switches({ image: IMAGE, repository })).map(
        (each) => each.replace("platform.services.kpaasServer.repository.", "").split(":")[0],
      );
    assert.deepEqual(at({ url: HTTPS.url }), ["login"]);
    assert.deepEqual(at({ url: SSH.url, login: LOGIN }), ["hosts", "key", "login"]);
    assert.deepEqual(at({ ...HTTPS, key: SSH.key, hosts: SSH.hosts }), ["hosts", "key"]);
    for (const url of ["https://kim:canary@git.example.org/e.git", "http://git.example.org/e.git", "git@git.example.org:e.git"])
      assert.ok(at({ ...HTTPS, url }).includes("url"), url);
    for (const image of ["kpaas-server", "registry.example.org/kpaas/kpaas-server", "registry.example.org/kpaas/kpaas-server:latest"])
      assert.ok(
        wrong(switches({ image, repository: HTTPS })).some((each) => each.startsWith("platform.services.kpaasServer.image: must be")),
        image,
      );
    assert.deepEqual(wrong(switches({ image: IMAGE, repository: HTTPS })), []);
  });

  it("stands in the place of K-PaaS's own, which is refused beside it", () => {
    const portal = { terraman: { host: "10.20.0.9", privateKey: { env: "KEY" } } };
    assert.deepEqual(
      wrong(switches({ image: IMAGE, repository: HTTPS }, { portal })).map((each) => each.split(":")[0]),
      ["platform.services.portal.terraman"],
    );
  });

  it("has its image among those that an environment without the internet has to be given", () => {
    const { plan } = plannedFile(file(switches({ image: IMAGE, repository: HTTPS })));
    assert.ok(JSON.stringify(plan.images).includes(IMAGE));
  });
});

/** A field of all resources of a type. */
function ofKindNames(g: Graph, type: string, field: string): string[] {
  return g.resources.filter((each) => each.type === type).map(({ inputs }) => String(inputs[field]));
}
