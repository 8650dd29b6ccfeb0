/** Where the reader is. It stands behind the address's `#`, so that the service needs to know none of it. */
export type Place =
  | { readonly view: "fleet"; readonly filter: Readonly<Record<string, string>> }
  | { readonly view: "cluster"; readonly name: string }
  | { readonly view: "operations"; readonly filter: Readonly<Record<string, string>> }
  | { readonly view: "operation"; readonly id: string }
  | { readonly view: "settings" }
  | { readonly view: "audit" }
  | { readonly view: "nowhere" };

/** What an address means. */
export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const filter = Object.fromEntries(new URLSearchParams(query));
  const [view = "", id = "", ...more] = path.replace(/^\//, "").split("/").map(decoded);
  if (more.length > 0) return { view: "nowhere" };
  if (view === "") return { view: "fleet", filter };
  if (view === "clusters" && id !== "") return { view: "cluster", name: id };
  if (view === "operations") return id === "" ? { view: "operations", filter } : { view: "operation", id };
  if (view === "settings" && id === "") return { view: "settings" };
  if (view === "audit" && id === "") return { view: "audit" };
  return { view: "nowhere" };
}

/** The address of a place. */
export function hashOf(place: Place): string {
  switch (place.view) {
    case "fleet":
      return `#/${queryOf(place.filter)}`;
    case "cluster":
      return `#/clusters/${encodeURIComponent(place.name)}`;
    case "operations":
      return `#/operations${queryOf(place.filter)}`;
    case "operation":
      return `#/operations/${encodeURIComponent(place.id)}`;
    case "settings":
      return "#/settings";
    case "audit":
      return "#/audit";
    case "nowhere":
      return "#/";
  }
}

/** Whether two addresses are of one view; then the reader stays where they are. */
export function isSameView(one: Place, other: Place): boolean {
  const bare = (place: Place) => hashOf("filter" in place ? { ...place, filter: {} } : place);
  return one.view === other.view && bare(one) === bare(other);
}

function queryOf(filter: Readonly<Record<string, string>>): string {
  const given = Object.entries(filter).filter(([, value]) => value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
