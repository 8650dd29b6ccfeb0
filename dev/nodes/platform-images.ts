import { join } from "node:path";
import { cacheFolder } from "../../host/cache";
import { findRelease } from "../../model/catalog";

/** The release of K-PaaS whose catalogue names the images of the part `platform`. */
export const RELEASE = "1.7.0";

/** The services whose own image is made. */
const MADE = ["mariadb", "postgresql", "keycloak", "openbao"] as const;

/** What platform.sh is told: each image as the nodes' registry has it, `PATH TAG`, and where OpenBao's program is. */
export function platformVariables(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const services = findRelease(RELEASE)?.services ?? {};
  const images = MADE.map((name) => [`${name.toUpperCase()}_IMAGE`, inRegistry(String(services[name]?.images.server))] as const);
  const program = join(env.KPAAS_TEST_OPENBAO ?? join(cacheFolder(env), "openbao"), String(services.openbao?.version), "bao");
  return { ...Object.fromEntries(images), OPENBAO: program };
}

/** An image's path and tag in a registry that stands in for its home's: `docker.io/library/mariadb:12` is `library/mariadb 12` there. */
export function inRegistry(image: string): string {
  const [, path, tag] = /^[^/]+\/([^:@]+):([^@]+)/.exec(image) ?? [];
  if (path === undefined || tag === undefined) throw new Error(`"${image}" is no image with home and tag`);
  return `${path} ${tag}`;
}
