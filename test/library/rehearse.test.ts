import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import { Environment } from "../../library/index";
import { MetricsServer } from "../../library/platform";
import { rehearse } from "../../library/testing";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";

describe("a rehearsal of a program of one's own", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();
  before(engineForTests);

  it("runs it on the real engine, which calls the transforms of a component for what is below it", async () => {
    const seen: string[] = [];
    const program = async () => {
      const provider = new Provider("existing", { kubeconfig: "{}" });
      const options = { provider, transforms: [({ type }: { type: string }) => void seen.push(type)] };
      const { urn } = new MetricsServer("metrics", { kubeletCertificates: "selfSigned" }, options);
      return { urn };
    };
    const root = folder();
    const { changes } = await rehearse("preview", { name: "trial", program, root });
    assert.ok(changes.create >= 4, JSON.stringify(changes));
    assert.ok(seen.includes("kubernetes:helm.sh/v3:Release"), seen.join());
  });

  it("calls the transform of a service of an environment for what that service makes, and for nothing else", async () => {
    const seen = new Set<string>();
    const services = { certManager: false, mariadb: false, keycloak: false, portal: false } as const;
    const fields = { infrastructure: { provider: "openstack" }, platform: { services } } as const;
    const transform = { metricsServer: ({ name }: { name: string }) => void seen.add(name) };
    const program = async () => ({ urls: new Environment("trial", { ...fields, transform }).platform.urls });
    await rehearse("preview", { name: "trial", fields, program, root: folder() });
    assert.ok(seen.has("trial-platform-metrics-server-release"), [...seen].join());
    assert.deepEqual(
      [...seen].filter((name) => !name.startsWith("trial-platform-metrics-server")),
      [],
    );
  });
});
