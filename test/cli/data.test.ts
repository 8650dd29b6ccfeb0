import assert from "node:assert/strict";
import { describeRestore } from "../../cli/data";
import { command } from "./fixture";

describe("the commands for what services keep", () => {
  it("refuse the sandbox, whose pods keep nothing, and services that are not there, all at once", async () => {
    const { code, stdout } = await command(["backup", "seoul", "--sandbox", "--service", "etcd", "--service", "nobody", "--json"]);
    assert.equal(code, 2);
    const { problems } = JSON.parse(stdout) as { problems: { path: string }[] };
    assert.deepEqual(problems.map(({ path }) => path).sort(), ["--sandbox", "--service", "--service"]);
  });

  it("name what is overwritten, what is not in it and who is stopped", () => {
    const services = [
      { name: "mariadb", holds: "every schema", without: "accounts", bytes: 2_500_000 },
      { name: "openbao", holds: "secrets", bytes: 900 },
    ];
    assert.deepEqual(
      describeRestore({ backup: "B", made: "T", services, ended: ["administrators a", "ids b"], stopped: ["keycloak", "portal"] }),
      [
        "overwritten by the backup B, made at T; what was written since is lost:",
        "  mariadb: every schema (2.5 MB; not in it: accounts)",
        "  openbao: secrets (1 kB)",
        "let in no more, where it knows them: administrators a; ids b",
        "stopped meanwhile: keycloak, portal",
      ],
    );
  });
});
