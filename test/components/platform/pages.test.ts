import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { objectsOf, type ServiceObjects } from "../../../dev/services/objects";
import { MARKS, pageOf, pageStart, serviceFacts } from "../../../dev/services/page";
import { registry } from "../../../files/registry";
import { environmentFields, holds, ROOT } from "../../support/written";
import { CANARY, cephPlan, cloudPlans, everyServicePlan, ownerOf, platformGraph } from "./fixtures";

const FOLDER = join(ROOT, "docs", "services");
const services = Object.values(registry.services);

/** What is made of each service, in an environment with all that are the project's own; a cloud's own parts, as OpenStack has them. */
async function madeOfAll(): Promise<ReadonlyMap<string, ServiceObjects>> {
  const plan = everyServicePlan();
  const own = { ...plan, services: plan.services.filter(({ name }) => name in registry.services) };
  const [all, ofCloud, ofCeph] = [await platformGraph(own), await platformGraph(cloudPlans().openstack!), await platformGraph(cephPlan())];
  return new Map(
    services.map(({ name, cloudPart }) => {
      const graph = name === "rookCeph" ? ofCeph : cloudPart === undefined ? all : ofCloud;
      return [name, objectsOf(graph.resources.filter((each) => ownerOf(each.name) === name))];
    }),
  );
}

describe("the page of a service", () => {
  let made: ReadonlyMap<string, ServiceObjects>;
  before(async () => {
    made = await madeOfAll();
  });

  for (const service of services)
    it(`of ${service.title} says what its definition, the catalogue and its objects say (UPDATE_GOLDEN=1 writes it)`, () => {
      const [file, path] = [join("docs", "services", pageOf(service)), join(FOLDER, pageOf(service))];
      const writes = process.env.UPDATE_GOLDEN === "1";
      // What is written by hand stays as it is, above.
      if (writes && !existsSync(path)) writeFileSync(path, pageStart(service));
      if (writes && !readFileSync(path, "utf8").includes(MARKS[0]))
        writeFileSync(path, `${readFileSync(path, "utf8").trimEnd()}\n\n${MARKS.join("\n")}\n`);
      const facts = serviceFacts({ service, registry, made: made.get(service.name)!, fields: environmentFields });
      assert.ok(!facts.includes(CANARY), "a secret");
      holds(file, `\n${facts}`, MARKS);
    });

  it("is there for those that are, and for no others", () => {
    const known = services.map(pageOf);
    assert.deepEqual(
      readdirSync(FOLDER).filter((name) => !known.includes(name)),
      [],
    );
  });
});
