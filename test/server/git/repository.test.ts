import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GitError } from "../../../server/git/git";
import { Repository } from "../../../server/git/repository";
import { temporaryFolders } from "../../support/temporary";

const KIM = { name: "Kim <x>\nSigned-off-by: root", id: "https://login.example.org#4f1c" };

describe("The repository of environments", () => {
  const folder = temporaryFolders();
  const put = (repository: Repository, name: string, content: string) => async () => {
    writeFileSync(join(repository.root, "environments", name), content);
    return `Add ${name}`;
  };

  /** Changes it while somebody else pushes; gives how often that was tried. */
  const changeWhile = async (repository: Repository, other: Repository): Promise<number> => {
    let tries = 0;
    await repository.change(KIM, async () => {
      tries++;
      if (tries === 1) await other.change(KIM, put(other, "busan.yaml", "name: busan\n"));
      return await put(repository, "jeju.yaml", "name: jeju\n")();
    });
    return tries;
  };

  it("is made bare, and each change is a commit there with its author", async () => {
    const data = folder();
    const repository = await Repository.open(data);
    await repository.change(KIM, put(repository, "seoul.yaml", "name: seoul\n"));
    const log = execFileSync("git", ["-C", join(data, "environments.git"), "log", "--format=%an|%ae|%cn|%s", "main"], { encoding: "utf8" });
    assert.equal(log, "Kim xSigned-off-by: root|https://login.example.org#4f1c|kpaas server|Add seoul.yaml\n");
    assert.deepEqual(
      (await repository.history("environments/seoul.yaml")).map(({ subject }) => subject),
      ["Add seoul.yaml"],
    );
  });

  it("is logged in to by the files that it was told of, and asks them alone", async () => {
    const data = folder();
    const login = join(data, "it's a login");
    writeFileSync(login, "username=kim\npassword=canary\n");
    const { root, origin } = await Repository.open(data, undefined, { login, key: "/etc/key", hosts: "/etc/hosts", ca: "/etc/ca" });
    // Only what reads it is given something to read: else it may have ended before it is written.
    const ask = (...words: string[]) =>
      execFileSync("git", ["-C", root, ...words], {
        ...{ encoding: "utf8", input: words[0] === "credential" ? "protocol=https\nhost=git.example.org\n\n" : "" },
        env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0" },
      });
    assert.match(ask("credential", "fill"), /^username=kim\npassword=canary$/m);
    assert.equal(ask("config", "http.sslCAInfo"), "/etc/ca\n");
    assert.match(ask("config", "core.sshCommand"), /-i '\/etc\/key' .*StrictHostKeyChecking='yes' -o UserKnownHostsFile='\/etc\/hosts'/);
    assert.ok(!readFileSync(join(root, ".git", "config"), "utf8").includes("canary"));
    await Repository.open(data, origin);
    assert.doesNotMatch(readFileSync(join(root, ".git", "config"), "utf8"), /helper|sshCommand|sslCAInfo/i);
  });

  it("keeps nothing of a change that fails, and makes no commit of none", async () => {
    const data = folder();
    const repository = await Repository.open(data);
    await repository.change(KIM, put(repository, "seoul.yaml", "name: seoul\n"));
    const broken = async () => {
      writeFileSync(join(repository.root, "environments", "seoul.yaml"), "broken");
      mkdirSync(join(repository.root, "environments", "new"));
      writeFileSync(join(repository.root, "environments", "new", "file"), "");
      throw new Error("no");
    };
    await assert.rejects(repository.change(KIM, broken), /^Error: no$/);
    assert.equal(readFileSync(join(repository.root, "environments", "seoul.yaml"), "utf8"), "name: seoul\n");
    assert.equal(existsSync(join(repository.root, "environments", "new")), false);
    await repository.change(KIM, put(repository, "seoul.yaml", "name: seoul\n"));
    assert.equal((await repository.history("environments/seoul.yaml")).length, 1);
  });

  it("leaves what operations keep in .kpaas/ alone", async () => {
    const repository = await Repository.open(folder());
    mkdirSync(join(repository.root, ".kpaas"));
    writeFileSync(join(repository.root, ".kpaas", ".gitignore"), "*\n");
    writeFileSync(join(repository.root, ".kpaas", "state"), "kept");
    await repository.change(KIM, put(repository, "seoul.yaml", "name: seoul\n"));
    assert.equal(readFileSync(join(repository.root, ".kpaas", "state"), "utf8"), "kept");
  });

  it("never loses the configuration of stacks, which the engine writes, and commits it", async () => {
    const data = folder();
    const repository = await Repository.open(data);
    const file = join(repository.root, "environments", "Pulumi.seoul.yaml");
    await repository.change(KIM, put(repository, "seoul.yaml", "name: seoul\n"));
    writeFileSync(file, "encryptionsalt: v1\n");
    await assert.rejects(repository.change(KIM, async () => Promise.reject(new Error("no"))));
    await repository.keepStacks();
    writeFileSync(file, "encryptionsalt: v2\n");
    const other = await Repository.open(folder(), repository.origin);
    assert.equal(readFileSync(join(other.root, "environments", "Pulumi.seoul.yaml"), "utf8"), "encryptionsalt: v1\n");
    assert.equal(await changeWhile(repository, other), 2);
    assert.equal(readFileSync(file, "utf8"), "encryptionsalt: v2\n");
    const [newest] = await repository.history("environments/Pulumi.seoul.yaml");
    assert.equal(newest?.subject, "Add jeju.yaml");
    const again = await Repository.open(data);
    assert.equal(readFileSync(join(again.root, "environments", "Pulumi.seoul.yaml"), "utf8"), "encryptionsalt: v2\n");
  });

  it("keeps the configuration of stacks once for all who ask meanwhile, and asks nobody where there is nothing to keep", async () => {
    const data = folder();
    const repository = await Repository.open(data);
    const file = join(repository.root, "environments", "Pulumi.seoul.yaml");
    await repository.change(KIM, put(repository, "seoul.yaml", "name: seoul\n"));
    writeFileSync(file, "encryptionsalt: v1\n");
    const first = repository.keepStacks();
    await Promise.all([first, repository.keepStacks(), repository.keepStacks()]);
    assert.equal((await repository.history("environments/Pulumi.seoul.yaml")).length, 1);
    const late = repository.refresh().then(() => writeFileSync(file, "encryptionsalt: v2\n"));
    await Promise.all([late, repository.keepStacks(), repository.keepStacks()]);
    assert.equal((await repository.history("environments/Pulumi.seoul.yaml")).length, 2);
    renameSync(repository.origin, `${repository.origin}.away`);
    await repository.keepStacks();
    writeFileSync(file, "encryptionsalt: v3\n");
    await assert.rejects(repository.keepStacks(), GitError);
  });

  it("does a change again on top of what others have pushed meanwhile", async () => {
    const data = folder();
    const repository = await Repository.open(data);
    await repository.change(KIM, put(repository, "seoul.yaml", "name: seoul\n"));
    const other = await Repository.open(folder(), repository.origin);
    assert.equal(await changeWhile(repository, other), 2);
    for (const name of ["seoul", "busan", "jeju"]) assert.ok(existsSync(join(repository.root, "environments", `${name}.yaml`)), name);
  });

  it("is there again after the service has ended in the middle", async () => {
    const data = folder();
    const first = await Repository.open(data);
    await first.change(KIM, put(first, "seoul.yaml", "name: seoul\n"));
    writeFileSync(join(first.root, "environments", "half.yaml"), "na");
    const second = await Repository.open(data);
    assert.equal(existsSync(join(second.root, "environments", "half.yaml")), false);
  });
});
