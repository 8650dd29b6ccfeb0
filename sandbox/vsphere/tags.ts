import { vsphereLimits } from "../../providers/vsphere/names";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import { text, texts } from "../values";
import type { Types } from "./names";

/** Categories of tags, and tags. */
export const TAGS: Types = {
  "vsphere:index/tagCategory:TagCategory": {
    kind: "tagCategory",
    fields: fieldsOf("name~ cardinality! associableTypes!:l description"),
    oneOf: { cardinality: ["SINGLE", "MULTIPLE"] },
    sets: ["associableTypes"],
    outputs: [],
    references: {},
    create(cloud, inputs) {
      const name = text(inputs, "name");
      refuseLong(name);
      if (cloud.store.list("tagCategory").some((each) => each.name === name))
        throw new ApiError("could not create category", "400 Bad Request: already exists");
      return { ...inputs, id: `urn:vmomi:InventoryServiceCategory:${newId()}:GLOBAL` };
    },
    update(_cloud, object, inputs) {
      const lost = texts(object, "associableTypes").find((type) => !texts(inputs, "associableTypes").includes(type));
      if (lost !== undefined)
        throw new ApiError("ServerFaultCode", `cannot remove type "${lost}" (removal of associable types is not supported)`);
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, { id }) {
      for (const tag of cloud.store.list("tag").filter((each) => each.categoryId === id)) cloud.store.delete("tag", tag.id);
    },
  },

  "vsphere:index/tag:Tag": {
    kind: "tag",
    fields: fieldsOf("name~ categoryId!* description"),
    outputs: [],
    references: { categoryId: "tagCategory" },
    create(cloud, inputs) {
      const [name, categoryId] = [text(inputs, "name"), text(inputs, "categoryId")];
      refuseLong(name);
      if (cloud.store.list("tag").some((each) => each.name === name && each.categoryId === categoryId))
        throw new ApiError("could not create tag", "400 Bad Request: already exists");
      return { ...inputs, id: `urn:vmomi:InventoryServiceTag:${newId()}:GLOBAL` };
    },
    // A tag that goes is taken off everything that has it.
    remove(cloud, { id }) {
      for (const kind of ["instance", "folder", "resourcePool"])
        for (const object of cloud.store.list(kind))
          if (texts(object, "tags").includes(id))
            cloud.store.put(kind, { ...object, tags: texts(object, "tags").filter((each) => each !== id) });
    },
  },
};

function refuseLong(name: string): void {
  if (name === "" || name.length > vsphereLimits.tag)
    throw new ApiError("400 Bad Request", `the name must have between 1 and ${vsphereLimits.tag} characters`);
}
