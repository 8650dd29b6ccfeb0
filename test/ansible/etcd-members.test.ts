import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ansibleForTests, rendered } from "../support/ansible";

const PLAYBOOK = join(__dirname, "..", "..", "..", "ansible", "playbooks", "etcd-members.yml");

describe("what API servers are told of etcd", function () {
  this.timeout(600_000);
  const ansible = ansibleForTests();

  it("is the members of the inventory, but for one that is being taken out", () => {
    const plays = parse(readFileSync(PLAYBOOK, "utf8")) as readonly { readonly vars?: { readonly servers?: string } }[];
    const servers = plays.find(({ vars }) => vars?.servers !== undefined)?.vars?.servers ?? "";
    const hostvars = Object.fromEntries([1, 2, 3].map((n) => [`etcd-${n}`, { ip: `10.0.0.${n}`, etcd_member_name: `member-${n}` }]));
    const told = (given: object): string => {
      const variables = { groups: { etcd: Object.keys(hostvars) }, hostvars, ...given };
      return rendered(ansible.python, servers, variables).trim();
    };
    assert.equal(told({}), "https://10.0.0.1:2379,https://10.0.0.2:2379,https://10.0.0.3:2379");
    assert.equal(told({ remove_member: "member-2" }), "https://10.0.0.1:2379,https://10.0.0.3:2379");
  });
});
