import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  appendLine,
  countIn,
  createWhole,
  keepFile,
  openLog,
  removeFolder,
  removeIfStill,
  removeUnfinished,
  saveWhole,
  writeWhole,
} from "../../host/files";
import { makeOwnFolder } from "../../host/own-folder";
import { deadPid } from "../support/processes";
import { filesIn } from "../support/project";
import { smallDisk } from "../support/small-disk";
import { temporaryFolders } from "../support/temporary";

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("A file of ours", () => {
  const folder = temporaryFolders();

  it("is written with its folder and nothing left beside it", () => {
    const place = folder();
    writeWhole(join(place, "a", "b"), "text");
    assert.deepEqual(readdirSync(join(place, "a")), ["b"]);
    assert.equal(readFileSync(join(place, "a", "b"), "utf8"), "text");
  });

  it("has a folder to itself where nobody else is to read it", () => {
    const place = folder();
    writeWhole(join(place, "written", "x"), "text", { mode: 0o600 });
    createWhole(join(place, "created", "x"), "text", { mode: 0o600 });
    appendLine(join(place, "appended", "x"), "text");
    for (const name of readdirSync(place)) assert.equal(mode(join(place, name)), "700", name);
  });

  it("says of a disk that is read-only that it is so", function () {
    const disk = smallDisk(64);
    if (disk === undefined) return this.skip();
    try {
      spawnSync("mount", ["-o", "remount,ro", disk.folder]);
      assert.throws(() => writeWhole(join(disk.folder, "a", "b", "c"), "text"), { code: "EROFS" });
      assert.throws(() => makeOwnFolder(disk.folder), { code: "EROFS" });
    } finally {
      disk.remove();
    }
  });

  it("is not made below a link to nowhere", () => {
    const place = folder();
    symlinkSync(join(place, "nowhere"), join(place, "link"));
    assert.throws(() => writeWhole(join(place, "link", "x"), "text"), { code: "ENOENT" });
  });

  for (const umask of [0o000, 0o077]) {
    it(`has the mode that is asked for whatever the umask (${umask.toString(8)}), else its own`, () => {
      const before = process.umask(umask);
      try {
        const place = folder();
        const [secret, own, launcher] = [join(place, "secret"), join(place, "own"), join(place, "launcher")];
        writeFileSync(own, "old");
        chmodSync(own, 0o640);
        writeWhole(secret, "text", { mode: 0o600 });
        writeWhole(own, "text");
        keepFile(launcher, "text", { mode: 0o755 });
        appendLine(join(place, "lines"), "text");
        assert.deepEqual([secret, own, launcher, join(place, "lines")].map(mode), ["600", "640", "755", "600"]);
      } finally {
        process.umask(before);
      }
    });
  }

  it("stays where a link leads to, and a device stays one", () => {
    const place = folder();
    mkdirSync(join(place, "real"));
    writeFileSync(join(place, "real", "file"), "old");
    symlinkSync(join("real", "file"), join(place, "link"));
    writeWhole(join(place, "link"), "new");
    assert.ok(lstatSync(join(place, "link")).isSymbolicLink());
    assert.equal(readFileSync(join(place, "real", "file"), "utf8"), "new");
    assert.deepEqual(readdirSync(join(place, "real")), ["file"]);
    symlinkSync("/dev/null", join(place, "device"));
    writeWhole(join(place, "device"), "new");
    assert.ok(lstatSync(join(place, "device")).isSymbolicLink());
  });

  it("is made by one of those who try", () => {
    const path = join(folder(), "lock");
    assert.equal(createWhole(path, "first"), true);
    assert.equal(createWhole(path, "second"), false);
    removeIfStill(path, "another's");
    assert.equal(readFileSync(path, "utf8"), "first");
    removeIfStill(path, "first");
    assert.equal(createWhole(path, "third"), true);
  });

  it("is not made where its folder has to be there, and is not", () => {
    const path = join(folder(), "gone", "x");
    for (const make of [createWhole, writeWhole]) assert.throws(() => make(path, "text", { makeFolder: false }), { code: "ENOENT" });
    assert.ok(!existsSync(dirname(path)));
  });

  it("is removed with its folder, also while another process writes there", async () => {
    const root = folder();
    for (let round = 0; round < 40; round++) {
      const path = join(root, "removed");
      mkdirSync(join(path, "in", "it"), { recursive: true });
      const writer = spawn("sh", ["-c", "while echo > a.tmp; do mv a.tmp a; echo x > b; done"], { cwd: join(path, "in"), stdio: "ignore" });
      while (!existsSync(join(path, "in", "b"))) await pause(1);
      removeFolder(path);
      assert.ok(!existsSync(path));
      await once(writer, "exit");
    }
  });

  it("is there when all of it has arrived, and else not", async () => {
    const place = folder();
    const path = join(place, "x");
    async function* pieces(end?: Error) {
      yield Buffer.from("te");
      if (end) throw end;
      yield Buffer.from("xt");
    }
    await assert.rejects(saveWhole(path, pieces(new Error("broken off"))), /^Error: broken off$/);
    assert.deepEqual(readdirSync(place), []);
    await saveWhole(path, pieces());
    assert.equal(readFileSync(path, "utf8"), "text");
    assert.deepEqual(readdirSync(place), ["x"]);
  });

  it("goes on as the log it was, or begins anew, for nobody else to read", () => {
    const path = join(folder(), "log");
    for (const [anew, content] of [
      [false, "a\n"],
      [false, "a\na\n"],
      [true, "a\n"],
    ] as const) {
      const log = openLog(path, anew);
      spawnSync("echo", ["a"], { stdio: ["ignore", log, log] });
      closeSync(log);
      assert.equal(readFileSync(path, "utf8"), content);
    }
    assert.equal(mode(path), "600");
  });

  it("counts, by its length", () => {
    const path = join(folder(), "number");
    assert.deepEqual([countIn(path), countIn(path), countIn(path)], [1, 2, 3]);
  });

  it("is cleared of what dead processes left beside it, and of nothing else", async () => {
    const place = folder();
    const dead = await deadPid();
    const [left, reused] = [`x.${dead}.0123abcd.tmp`, `x.${process.pid}.0123abcd.tmp`];
    for (const name of [left, reused, "x.tmp", `x.${dead}`, `x.${process.pid}.89abcdef.tmp`]) writeFileSync(join(place, name), "");
    // Older than the process that has the number now.
    utimesSync(join(place, reused), new Date(0), new Date(0));
    removeUnfinished(place);
    assert.deepEqual(readdirSync(place).sort(), [`x.${dead}`, `x.${process.pid}.89abcdef.tmp`, "x.tmp"].sort());
  });

  it("is as it was where the disk is full, and the error names it", function () {
    const disk = smallDisk(64);
    if (disk === undefined) return this.skip();
    try {
      const [whole, lines] = [join(disk.folder, "whole"), join(disk.folder, "lines")];
      writeWhole(whole, "old");
      appendLine(lines, "old");
      const much = "x".repeat(100_000);
      for (const [path, write] of [
        [whole, () => writeWhole(whole, much)],
        [lines, () => appendLine(lines, much)],
        [join(disk.folder, "new"), () => createWhole(join(disk.folder, "new"), much)],
      ] as const)
        assert.throws(write, { code: "ENOSPC", path, message: `ENOSPC: no space left on device, write '${path}'` });
      assert.equal(readFileSync(whole, "utf8"), "old");
      assert.equal(readFileSync(lines, "utf8"), "old\n");
      assert.deepEqual(readdirSync(disk.folder), ["lines", "whole"]);
    } finally {
      disk.remove();
    }
  });
});

describe("The tree", () => {
  it("writes files in host/ only", () => {
    const root = join(__dirname, "..", "..", "..");
    // A database's `truncate` is no file's.
    const writing = /\b((writeFile|appendFile|createWriteStream|openSync|writeSync|copyFile|cpSync)(Sync)?\b|f?truncate(Sync)?\()/;
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$|test$|dev$|host$)/.test(entry.name))
      .map(({ name }) => name);
    const files = folders
      .flatMap((name) => filesIn(join(root, name)))
      .filter((file) => file.endsWith(".ts") && writing.test(readFileSync(file, "utf8")))
      .map((file) => relative(root, file));
    assert.deepEqual(files, []);
  });
});
