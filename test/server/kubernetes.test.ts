import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { packageRoot } from "../../engine/paths";
import { at, list } from "../../model/data";
import { type Flags, settingsOf } from "../../server/settings";

const TOOLS = join(packageRoot(), "tools", "server");

describe("The service on Kubernetes", () => {
  const objects = parseAllDocuments(readFileSync(join(TOOLS, "kubernetes.yaml"), "utf8")).map((each) => each.toJS() as unknown);
  const one = (kind: string, name = "kpaas-server") =>
    objects.find((each) => at(each, "kind") === kind && at(each, "metadata.name") === name) ?? assert.fail(`no ${kind} ${name}`);
  const pod = at(one("Deployment"), "spec.template.spec");
  const container = list(at(pod, "containers"))[0];

  it("is told what one of several has to be told, and nothing that is refused", () => {
    const flags = Object.fromEntries(
      list(at(container, "args")).map((word) => {
        const [, name = "", value] = /^--([a-z-]+)(?:=(.*))?$/.exec(String(word)) ?? [];
        return [name.replace(/-(.)/g, (_match, letter: string) => letter.toUpperCase()), value ?? true];
      }),
    ) as unknown as Flags;
    const secret = { KPAAS_DATABASE_URL: "postgresql://u:p@h/n", KPAAS_STATE_BACKEND: "postgres://u:p@h/n" };
    const { replicated, metrics, stateBackend } = settingsOf(flags, secret);
    assert.deepEqual([replicated, metrics?.port, stateBackend?.url], [true, 9091, "postgres://u@h/n"]);
    assert.throws(() => settingsOf(flags, {}), { name: "InvalidInputError" });
    assert.ok(Number(at(one("Deployment"), "spec.replicas")) > 1);
  });

  it("has no right in its cluster, and runs as somebody whom the restricted standard admits, on a file system that is only read", () => {
    assert.deepEqual([at(pod, "automountServiceAccountToken"), at(one("ServiceAccount"), "automountServiceAccountToken")], [false, false]);
    assert.deepEqual([at(pod, "securityContext.runAsNonRoot"), at(pod, "securityContext.seccompProfile.type")], [true, "RuntimeDefault"]);
    assert.deepEqual(at(container, "securityContext"), {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    });
    const { labels } = at(one("Namespace"), "metadata") as { labels: Record<string, string> };
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    assert.ok(!objects.some((each) => /Role/.test(String(at(each, "kind")))));
  });

  it("mounts what it is told to read, and reaches no metadata of its machine", () => {
    const mounts = list(at(container, "volumeMounts")).map((each) => String(at(each, "mountPath")));
    const volumes = list(at(pod, "volumes")).map((each) => String(at(each, "name")));
    assert.deepEqual(
      list(at(container, "volumeMounts"))
        .map((each) => String(at(each, "name")))
        .sort(),
      [...volumes].sort(),
    );
    for (const word of list(at(container, "args")).map(String)) {
      const [, path] = /=(\/.*)$/.exec(word) ?? [];
      if (path !== undefined)
        assert.ok(
          mounts.some((mount) => path.startsWith(`${mount}/`)),
          path,
        );
    }
    assert.match(JSON.stringify(at(one("NetworkPolicy"), "spec.egress")), /"except":\["169\.254\.0\.0\/16"\]/);
    assert.deepEqual(at(one("NetworkPolicy", "default-deny"), "spec.podSelector"), {});
  });

  it("has an image of every folder that the compilation needs, and of no other", () => {
    const text = readFileSync(join(TOOLS, "Containerfile"), "utf8");
    const copied = [...text.matchAll(/^COPY ([a-z]+) \1$/gm)].map(([, folder]) => String(folder));
    const { include } = JSON.parse(readFileSync(join(packageRoot(), "tsconfig.json"), "utf8")) as { include: string[] };
    const wanted = include.map((glob) => String(glob.split("/")[0]));
    for (const folder of wanted) assert.ok(copied.includes(folder), `${folder} is compiled and not copied`);
    for (const folder of copied) assert.ok(existsSync(join(packageRoot(), folder)), folder);
    assert.ok(!copied.includes("environments") && !/^COPY \. /m.test(text));
    assert.match(text, /^USER 10001:10001$/m);
    assert.ok(readdirSync(TOOLS).includes("start.sh"));
  });
});
