import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as tokens from "../../model/type-tokens";

const ROOT = join(__dirname, "..", "..", "..");
const OTHERS = /^(\.|dist$|node_modules$|test$)/;
const FOLDERS = readdirSync(ROOT, { withFileTypes: true }).flatMap((each) =>
  each.isDirectory() && !OTHERS.test(each.name) ? [each.name] : [],
);

describe("the types of kpaas' own resources", () => {
  it("are what released states hold", () => {
    const { serviceType, infrastructureType, isInfrastructure, ...constants } = tokens;
    assert.deepEqual(constants, {
      ENVIRONMENT: "kpaas:index:Environment",
      CLUSTER: "kpaas:index:Cluster",
      KUBESPRAY_CLUSTER: "kpaas:kubespray:Cluster",
      ANSIBLE_PLAYBOOK: "kpaas:ansible:Playbook",
      PLATFORM: "kpaas:index:Platform",
      FINISHED_ROTATIONS: "kpaas:index:FinishedRotations",
      HARBOR_PROJECT: "kpaas:harbor:Project",
      HARBOR_ROBOT: "kpaas:harbor:Robot",
    });
    assert.equal(serviceType("MariaDb"), "kpaas:platform:MariaDb");
    assert.equal(infrastructureType("openstack"), "kpaas:openstack:Infrastructure");
    assert.deepEqual(["kpaas:openstack:Infrastructure", "kpaas:index:Cluster"].map(isInfrastructure), [true, false]);
  });

  it("are written in one file only", () => {
    const elsewhere = FOLDERS.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && join(folder, file) !== join("model", "type-tokens.ts"))
        .filter((file) => /^(?!\s*(\/?\*|\/\/)).*["'`$]kpaas:[\w{}$]+:[A-Z]\w+/m.test(readFileSync(join(ROOT, folder, file), "utf8")))
        .map((file) => join(folder, file)),
    );
    assert.deepEqual(elsewhere, []);
  });
});
