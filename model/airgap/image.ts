import { homeOf } from "../plan/air-gap";

/** An image's name in its parts. */
export interface ImageName {
  /** The registry, `quay.io`; Docker's is `docker.io`. */
  readonly home: string;
  /** `calico/node`. */
  readonly path: string;
  readonly tag: string;
  /** `sha256:…`, where the name holds one. */
  readonly digest?: string;
}

/** Reads an image's name as runtimes do: without a home it is Docker's, without a folder one of `library`, without a tag `latest`. */
export function imageName(reference: string): ImageName {
  const [name = "", digest] = reference.split("@");
  const home = homeOf(name);
  const rest = name.startsWith(`${home}/`) ? name.slice(home.length + 1) : name;
  const colon = rest.indexOf(":");
  const path = colon < 0 ? rest : rest.slice(0, colon);
  return {
    home,
    path: home === "docker.io" && !path.includes("/") ? `library/${path}` : path,
    tag: colon < 0 ? "latest" : rest.slice(colon + 1),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The tag that Helm pushes a chart's version under: a tag holds no plus sign. */
export function chartTag(version: string): string {
  return version.replaceAll("+", "_");
}
