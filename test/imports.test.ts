import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { registry } from "../files/registry";
import { switchedServices } from "../model/registry";
import { kebab } from "../model/service";
import { filesIn } from "./support/project";

const ROOT = join(__dirname, "..", "..");

/** What may name clouds and services besides their own folders, and why. */
const MAY_NAME: Readonly<Record<string, RegExp>> = {
  "names that no tenant takes, and what a tenant says to one":
    /^(components\/platform\/tenant\/tenant|model\/environment\/checks-tenants)\.ts$/,
  "the lists of what there is": /^(providers\/clouds|components\/platform\/services|sandbox\/packages|model\/cloud-names)\.ts$/,
  "what users import, and write": /^(library|examples)\/|^cli\/template\.ts$/,
  "types written from the definitions": /^model\/environment\/environment-fields\.ts$/,
  "kubespray's own variables, and a network plugin's": /^model\/environment\/(variable-table|variables)\.ts$/,
  "variables of K-PaaS' own": /^cli\/hosts\/variables\.ts$/,
  "a rule's text, which stands in clouds": /^model\/plan\/flows\.ts$/,
  "the simulated provider of another product, which configures this service": /^sandbox\/vault\//,
  "the provider of what lives in a service, where nobody else publishes one": /^(plugin\/(harbor\/|main\.ts)|model\/type-tokens\.ts)/,
  "a function of Node's own": /^(engine\/checksums|operate\/backup\/sealed)\.ts$/,
  "the real name of a file of a family's": /^components\/platform\/applications\/pod\.ts$/,
  "what comes and goes with the service that it names": /^components\/platform\/(log-collector|node-exporter)\//,
  "what comes with a service by itself, and the labels by which that one knows whose pods it is for":
    /^components\/platform\/(istio-(base|cni)\/|mesh\.ts$)/,
  "where states are, and what their secrets are encrypted by, as the engine names them":
    /^(cli\/backend|operate\/state\/secrets-plan)\.ts$/,
  "clouds as the calls of another product name them": /^(server\/(accounts\/providers|terraman\/shapes)|library\/client-calls)\.ts$/,
  "the server that the service's own database may be on": /^(server\/(settings|data\/database)|cli\/commands\/server)\.ts$/,
  "what the service calls itself": /^server\/(git\/git|webhooks\/deliver|data\/backup-file|trace\/traces)\.ts$/,
  "what another product's program may do in a cluster, and who is given the same":
    /^(model\/cluster-rights|cli\/commands\/kubeconfig)\.ts$/,
  "what a fleet's clusters may be joined by": /^model\/fleet\/schema\.ts$/,
  "where the real cert-manager keeps what issuers of the whole cluster refer to": /^sandbox\/kubernetes\/certificates\.ts$/,
};

describe("clouds and services", () => {
  it("are named in their own folders, and in few other places", () => {
    // `existing` is a word like any other, and stands wherever something is there already.
    const clouds = Object.keys(registry.clouds).filter((name) => name !== "existing");
    const services = switchedServices(registry).map(({ name }) => name);
    const own = new RegExp(
      `^((providers|sandbox)/(${clouds.join("|")})|(components/platform|sandbox)/(${services.map(kebab).join("|")}))/`,
    );
    // `keycloak.io` or `monitoring.coreos.com` is an API's group, `openstack_` begins a variable of kubespray, and somebody is logging in.
    const names = new RegExp(
      `\\b(${[...clouds, ...services, ...services.map(kebab)].join("|")})\\b(?!\\\\?\\.(io|coreos\\.com)| in\\b)`,
      "i",
    );
    const naming = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$|test$|dev$)/.test(entry.name))
      .flatMap(({ name }) => filesIn(join(ROOT, name)))
      .filter((file) => file.endsWith(".ts") && names.test(withoutComments(readFileSync(file, "utf8"))))
      .map((file) => relative(ROOT, file))
      .filter((file) => !own.test(file));
    const allowed = Object.values(MAY_NAME);
    assert.deepEqual(
      naming.filter((file) => !allowed.some((each) => each.test(file))),
      [],
    );
    for (const [why, each] of Object.entries(MAY_NAME))
      assert.ok(
        naming.some((file) => each.test(file)),
        `nothing needs: ${why}`,
      );
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
}
