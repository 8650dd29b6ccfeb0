import assert from "node:assert/strict";
import fc from "fast-check";
import { registry } from "../../../files/registry";
import { isFields } from "../../../model/data";
import { environmentJsonSchema } from "../../../model/environment/json-schema";
import { environmentFile, planFile } from "../../support/environment";

/** `path: reason` of every error. */
function errors(content: unknown): string[] {
  return planFile(content)
    .problems.filter((problem) => problem.severity === "error")
    .map((problem) => `${problem.path}: ${problem.reason}`);
}

function paths(content: unknown): string[] {
  return planFile(content)
    .problems.filter((problem) => problem.severity === "error")
    .map((problem) => problem.path);
}

/** The paths of every field that the JSON Schema names, one pool and one machine standing for all. */
function leaves(schema: unknown = environmentJsonSchema(registry), path: string[] = []): string[][] {
  if (!isFields(schema)) return [];
  const { properties, additionalProperties, anyOf, oneOf } = schema;
  const below = [
    ...(isFields(properties) ? Object.entries(properties).flatMap(([key, each]) => leaves(each, [...path, key])) : []),
    ...(isFields(additionalProperties) ? leaves(additionalProperties, [...path, "a"]) : []),
    ...[anyOf, oneOf].flatMap((each) => (Array.isArray(each) ? each.flatMap((branch) => leaves(branch, path)) : [])),
  ];
  return path.length === 0 ? below : [path, ...below];
}

describe("an environment file", () => {
  it("needs a name and a provider, and nothing else", () => {
    assert.deepEqual(errors(environmentFile()), []);
    assert.deepEqual(errors({}), ["infrastructure: is required", "name: is required"]);
    assert.deepEqual(errors({ name: "a", infrastructure: {} }), ["infrastructure.provider: is required"]);
    assert.deepEqual(errors(environmentFile({ platform: { storage: { sizeGiB: 400 } } })), ["platform.storage.kind: is required"]);
  });

  it("reports every problem at once, each at its own path", () => {
    assert.deepEqual(
      paths({
        name: "Bad_Name",
        profil: "minimal",
        infrastructure: { provider: "openstck", image: "ubuntu-latest", network: { cidr: "10.20.0.5/16", dns: ["nope"] } },
        cluster: { controlPlane: { nodes: 2 }, pools: { general: { nodes: -1, taints: ["x"] } }, variables: { kube_proxy_mode: "ipvs" } },
        platform: {
          tls: { kind: "acme" },
          storage: { kind: "nfss" },
          services: { loging: true, keycloak: false, portl: true, mariadb: 3 },
        },
      }),
      [
        "cluster.controlPlane.nodes",
        "cluster.pools.general.nodes",
        "cluster.pools.general.taints.0",
        "cluster.variables.kube_proxy_mode",
        "infrastructure.image",
        "infrastructure.network.cidr",
        "infrastructure.network.dns.0",
        "infrastructure.provider",
        "name",
        "platform.services.keycloak",
        "platform.services.loging",
        "platform.services.mariadb",
        "platform.services.portl",
        "platform.storage.kind",
        "platform.tls.email",
        "profil",
      ],
    );
  });

  it("names the nearest field and value for a slip of the pen", () => {
    assert.match(errors(environmentFile({ profil: "minimal" })).join(), /did you mean "profile"\?/);
    assert.match(errors(environmentFile({ profile: "standart" })).join(), /did you mean "standard"\?/);
    assert.match(
      errors(environmentFile({ cluster: { pools: { a: { nodes: 1, taint: [] } } } })).join(),
      /cluster\.pools\.a\.taint: .*did you mean "taints"\?/,
    );
    assert.match(
      errors(environmentFile({ platform: { services: { keycloak: { replica: 2 } } } })).join(),
      /platform\.services\.keycloak\.replica: .*did you mean "replicas"\?/,
    );
  });

  it("names the kinds that there are, wherever one is chosen", () => {
    const services = { monitoring: { receiver: { kind: "pager" } }, openbao: { seal: { kind: "none" } } };
    const { problems } = planFile(environmentFile({ platform: { storage: { kind: "nfss" }, loadBalancer: { kind: "f5" }, services } }));
    const remedies = Object.fromEntries(problems.map(({ path, remedy }) => [path, remedy]));
    assert.equal(remedies["platform.storage.kind"], "use one of: nfs, rookCeph, existing, cloud");
    assert.equal(remedies["platform.loadBalancer.kind"], "use one of: metallb, cloud");
    assert.equal(remedies["platform.services.monitoring.receiver.kind"], "use one of: webhook, slack, email");
    assert.match(remedies["platform.services.openbao.seal.kind"] ?? "", /^use one of: static, /);
  });

  it("names the fields of the kind that was meant", () => {
    const storage = { kind: "cloud", clases: {}, classes: { fast: { typ: "ssd" } } };
    const said = errors(environmentFile({ platform: { storage, loadBalancer: { kind: "cloud", range: "10.20.0.3-10.20.0.9" } } })).join(
      "\n",
    );
    assert.match(said, /platform\.storage\.clases: .*did you mean "classes"\?/);
    assert.match(said, /platform\.storage\.classes\.fast\.typ: .*did you mean "type"\?/);
    assert.doesNotMatch(said, /did you mean "range"/);
  });

  it("never shows a secret that was written as a literal", () => {
    const content = environmentFile({
      infrastructure: {
        provider: "openstack",
        access: { ssh: { privateKey: "canary-secret" } },
        credentials: { password: "canary-secret" },
      },
      platform: { tls: { kind: "provided", certificate: "canary-secret", key: "canary-secret" } },
    });
    const { problems } = planFile(content);
    assert.deepEqual(
      problems.filter((each) => each.severity === "error").map((each) => each.path),
      ["infrastructure.access.ssh.privateKey", "infrastructure.credentials", "platform.tls.certificate", "platform.tls.key"],
    );
    assert.ok(!JSON.stringify(problems).includes("canary-secret"));
  });

  it("refuses a value whose feature does not exist yet", () => {
    const unsupported: [Record<string, unknown>, string][] = [
      [{ retain: ["addresses"] }, "retain"],
      [{ edge: {} }, "edge"],
      [{ cluster: { engine: "eks" } }, "cluster.engine"],
    ];
    for (const [over, path] of unsupported) {
      const found = planFile(environmentFile(over)).problems.find((problem) => problem.path === path);
      assert.match(found?.reason ?? "nothing", /not supported yet/, path);
      assert.equal(found?.severity, "error", path);
    }
  });

  it("is never a crash, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.object({
          maxDepth: 4,
          key: fc.constantFrom(
            "name",
            "infrastructure",
            "cluster",
            "platform",
            "provider",
            "network",
            "nodes",
            "pools",
            "services",
            "tls",
            "kind",
            "x",
          ),
        }),
        (content) => {
          planFile(content);
        },
      ),
    );
  });

  it("is a plan, or problems with a path, a reason and a remedy, whatever stands in its fields", () => {
    const junk = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        "",
        " ",
        "a ",
        "latest",
        "10.20.0.9",
        "10.20.0.0/28",
        "10.20.0.9-10.20.0.2",
        "127.0.0.1",
        "::1",
        "01",
        "A.B",
        "/",
        "/etc",
        "-1Gi",
        "4Gi",
      ),
      fc.integer({ min: -2, max: 300 }),
      fc.string(),
      fc.array(fc.constantFrom("10.20.0.2", "10.20.0.2", "10.233.0.3", "0.0.0.0/0", "x")),
      fc.dictionary(fc.constantFrom("a", "1", "0x1", "kind", "nodes", "requests", "<<"), fc.constantFrom<unknown>({}, 1, "x", { cpu: 0 }), {
        maxKeys: 3,
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...leaves()), junk, (path, value) => {
        const content = environmentFile({ platform: { domain: "x.org" } });
        path.slice(0, -1).reduce<Record<string, unknown>>((map, step) => {
          map[step] = isFields(map[step]) ? map[step] : step === "tls" ? { kind: "provided" } : step === "storage" ? { kind: "nfs" } : {};
          return map[step] as Record<string, unknown>;
        }, content)[path.at(-1) ?? ""] = value;
        const { problems, planned } = planFile(content);
        const errors = problems.filter(({ severity }) => severity === "error");
        assert.ok(planned || errors.length > 0);
        for (const problem of problems)
          for (const word of [problem.reason, problem.remedy]) assert.notEqual(word.trim(), "", JSON.stringify(problem));
        for (const { path: at, reason } of errors) assert.ok(at !== "" || isFields(content) === false, reason);
        if (errors.length > 0) return;
        const { plan } = planned ?? assert.fail();
        const addresses = plan.machines.map(({ address }) => address);
        assert.equal(new Set(addresses).size, addresses.length);
        for (const named of [...plan.network.dns, ...plan.access.adminCidrs.map((each) => each.replace("/32", ""))])
          assert.ok(!addresses.includes(named), named);
      }),
      { numRuns: 400 },
    );
  });

  it("has a JSON Schema that names its fields", () => {
    const schema = environmentJsonSchema(registry) as {
      properties: Record<string, unknown>;
      required: string[];
      additionalProperties: boolean;
    };
    assert.deepEqual(schema.required, ["name", "infrastructure"]);
    assert.equal(schema.additionalProperties, false);
    assert.ok("platform" in schema.properties);
  });
});
