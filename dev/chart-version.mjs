/*
 * Enters another version of a chart into catalog/charts.json, as what differs from the version that stands there under the chart's name:
 *
 *     node dev/chart-version.mjs NAME VERSION APPVERSION FOLDER
 *
 * FOLDER holds the chart's values.yaml of that version, got by whoever calls. What its release has in objects is learnt after that by
 * dev/chart-facts.ts with NAME@VERSION.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";

const [name, version, appVersion, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: chart-version.mjs NAME VERSION APPVERSION FOLDER");
const file = join(import.meta.dirname, "..", "catalog", "charts.json");
const catalogue = JSON.parse(readFileSync(file, "utf8"));
const base = catalogue.charts[name];
if (base === undefined) throw new Error(`catalog/charts.json has no chart ${name}`);

const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** Values without a default: null in the catalogue takes a key out. */
const open = [];

function overlay(from, to, path) {
  const out = {};
  for (const key of Object.keys(from)) if (!(key in to)) out[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const here = [...path, key];
    if (value === null && from[key] !== null) {
      open.push(here.join("."));
      if (key in from) out[key] = null;
    } else if (isMap(value) && isMap(from[key])) {
      const inner = overlay(from[key], value, here);
      if (Object.keys(inner).length > 0) out[key] = inner;
    } else if (!isDeepStrictEqual(value, from[key])) out[key] = isMap(value) ? overlay({}, value, here) : value;
  }
  return out;
}

const values = overlay(base.values, parse(readFileSync(join(folder, "values.yaml"), "utf8")), []);
const optional = [...(base.optionalValues ?? []), ...open];
catalogue.charts[`${name}@${version.replace(/^v/, "")}`] = {
  version,
  appVersion,
  values,
  ...(open.length > 0 ? { optionalValues: optional } : {}),
};
writeFileSync(file, `${JSON.stringify(catalogue, null, 2)}\n`);
