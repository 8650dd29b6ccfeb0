import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lacksForTag, unusableHere } from "../../../../plugin/kubespray/ansible/unusable";
import { sandboxKubespray } from "../../../../plugin/kubespray/kubespray";
import { temporaryFolders } from "../../../support/temporary";
import { inputsOf, ref, serveKubespray } from "../fixtures";

describe("What this machine lacks for Ansible", () => {
  const folder = temporaryFolders();
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  /** A PATH with these programs only, each of which says this. */
  function only(programs: Readonly<Record<string, string>>): void {
    const path = folder();
    for (const [name, says] of Object.entries(programs)) {
      writeFileSync(join(path, name), `#!/bin/sh\necho '${says}'\n`);
      chmodSync(join(path, name), 0o755);
    }
    process.env.PATH = path;
    process.env.XDG_CACHE_HOME = path;
    delete process.env.KPAAS_PYTHON;
  }

  it("is told with the way out: Windows, ssh, git", () => {
    assert.match(unusableHere("win32") ?? "", /run this in WSL/);
    only({});
    assert.match(unusableHere() ?? "", /no `ssh` on PATH.*install OpenSSH's client/);
    assert.match(lacksForTag("v2.29.0", undefined) ?? "", /no `git` on PATH.*install git, or give a folder or a tarball of v2\.29\.0/);
    only({ ssh: "", git: "", uv: "uv 0.9.0" });
    assert.deepEqual([unusableHere(), lacksForTag("v2.29.0", undefined)], [undefined, undefined]);
  });

  it("stops a preview, where the cluster's kubespray needs it", async () => {
    const kubespray = { ...sandboxKubespray(folder()), lacks: () => "kubespray v2.29.0 needs Python 3.10 to 3.12" };
    const client = await serveKubespray(kubespray);
    try {
      const { failures } = await client.check(ref, inputsOf());
      assert.deepEqual(failures, [{ property: "", reason: "kubespray v2.29.0 needs Python 3.10 to 3.12" }]);
    } finally {
      client.close();
    }
  });
});
