import assert from "node:assert/strict";
import { engineForTests } from "../support/engine";
import { Project } from "../support/project";

const NOTHING = { create: 0, update: 0, replace: 0, delete: 0 };

/** The service in Terraman's place with what it needs, and the portal that it is led to by, by the commands of a user. */
for (const profile of ["standard", "highAvailability"])
  describe(`kpaas server as a service of the platform, profile ${profile}`, function () {
    this.timeout(1_200_000);
    let project: Project;
    before(async function () {
      await engineForTests.call(this);
      project = new Project({
        profile,
        platform: {
          services: {
            postgresql: profile === "standard" ? true : { replicas: 3 },
            ...(profile === "standard" ? {} : { cloudnativePg: true }),
            kpaasServer: {
              image: "registry.example.org/kpaas/kpaas-server:0.1.0",
              repository: { url: "https://git.example.org/environments.git", login: { user: "kpaas", password: { env: "GIT_PASSWORD" } } },
            },
          },
        },
      });
    });
    after(() => project?.remove());

    const done = async (command: "up" | "rotate" | "destroy", ...words: readonly string[]) => {
      const { code, output, stdout } = await project.run(command, ...words);
      assert.equal(code, 0, output);
      return stdout;
    };
    const changes = async () => {
      const { create, update, replace, delete: deleted } = JSON.parse(await done("up", "--json")).changes;
      return { create, update, replace, delete: deleted };
    };

    it("comes up, and the second time there is nothing to do", async () => {
      await done("up");
      assert.ok(JSON.stringify(project.objects()).includes("kpaas-server"));
      assert.deepEqual(await changes(), NOTHING);
    });

    it("has its secrets exchanged with everybody's, after which there is nothing to do either", async () => {
      await done("rotate");
      assert.match(project.lock(), /^ {2}kpaasServer: 2$/m);
      assert.deepEqual(await changes(), NOTHING);
    });

    it("goes with everything else", async () => {
      await done("destroy");
    });
  });
