import assert from "node:assert/strict";
import { destroyEnvironment, previewEnvironment, refreshEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import { Store } from "../../sandbox/store";
import { Draining } from "../support/draining";
import { engineForTests } from "../support/engine";
import { BARE } from "../support/layers";

describe("a security group on Azure that the cloud controller writes too", function () {
  this.timeout(360_000);
  before(engineForTests);
  let sandbox: Draining;
  afterEach(() => sandbox.dispose());

  it("shows nothing of the controller's, keeps it whatever we change, and has a rule of ours again that somebody deleted", async () => {
    const infrastructure = (access: Readonly<Record<string, unknown>>) => ({
      infrastructure: { provider: "azure", region: "koreacentral", zones: ["1"], access: { adminCidrs: ["203.0.113.0/24"], ...access } },
    });
    const platform = { ...BARE, loadBalancer: { kind: "cloud", services: true } };
    sandbox = new Draining("ruled", { ...infrastructure({ ingressCidrs: ["198.51.100.0/24"] }), platform });
    const cloud = () => new Store(`${sandbox.world}/azure-native`);
    const theirs = () => JSON.stringify(cloud().list("networkSecurityGroup")[0]?.securityRules);
    const ours = () =>
      cloud()
        .list("securityRule")
        .map(({ securityRuleName }) => String(securityRuleName));
    const did = ({ changes }: OperationResult) => [changes.create, changes.update, changes.replace, changes.delete];

    await upEnvironment(sandbox.target());
    const written = theirs();
    assert.match(written, /k8s-azure-lb_.*198\.51\.100\.0\/24/);
    const made = ours();
    assert.deepEqual(did(await previewEnvironment(sandbox.target())), [0, 0, 0, 0]);
    assert.deepEqual(did(await upEnvironment(sandbox.target())), [0, 0, 0, 0], "a second up");
    await refreshEnvironment(sandbox.target());
    assert.deepEqual(
      did(await previewEnvironment(sandbox.target())),
      [0, 0, 0, 0],
      "what a refresh has read of the group is no change of it",
    );

    // A rule of ours, and the group itself, by its tags.
    sandbox.change(infrastructure({ ingressCidrs: ["198.51.100.0/24"], adminCidrs: ["192.0.2.0/24"] }));
    await upEnvironment(sandbox.target());
    assert.match(JSON.stringify(cloud().list("securityRule")), /192\.0\.2\.0\/24/);
    assert.doesNotMatch(JSON.stringify(cloud().list("securityRule")), /203\.0\.113\.0\/24/);
    sandbox.change({ labels: { team: "another" } });
    await upEnvironment(sandbox.target());
    assert.deepEqual([theirs(), ours()], [written, made]);

    const deleted = cloud()
      .list("securityRule")
      .find(({ securityRuleName }) => securityRuleName === "in-nothing-else");
    cloud().delete("securityRule", deleted?.id ?? "");
    await refreshEnvironment(sandbox.target());
    assert.deepEqual(did(await upEnvironment(sandbox.target())), [1, 0, 0, 0]);
    assert.deepEqual([theirs(), ours()], [written, made]);

    await destroyEnvironment(sandbox.target());
    for (const kind of ["networkSecurityGroup", "securityRule", "applicationSecurityGroup", "loadBalancer", "virtualNetwork"])
      assert.deepEqual(cloud().list(kind), [], kind);
  });
});
