import { type Answer, type AnswerWords, askCloud, type Question } from "../asking/ask";
import { isId } from "./names";

/** The words of the provider and of the services. */
export const MISSING = /returned no (results|openstack)|\bNo \w+ found\b|could not be found|not found|got 404/i;

const WORDS: AnswerWords = {
  missing: MISSING,
  several: /more than one/i,
  forbidden: /\b403\b|forbidden|not authorized|policy does not allow/i,
  whose: "this project",
  called: { "key pair": "key pair of that name", "floating address": "such floating address" },
  lists: {
    image: "`openstack image list`",
    flavor: "`openstack flavor list`",
    network: "`openstack network list`",
    "external network": "`openstack network list --external`",
    subnet: "`openstack subnet list`",
    router: "`openstack router list`",
    "key pair": "`openstack keypair list`",
    "floating address": "`openstack floating ip list`",
    "DNS zone": "`openstack zone list`",
  },
};

/** Asks an OpenStack. @throws Error where it could not be asked at all */
export function ask<T>(question: Question<T>): Promise<Answer<T>> {
  return askCloud(question, WORDS);
}

/** The argument of a lookup that a text of the file stands for. */
export function nameOrId<K extends string>(idKey: K, text: string): { name: string } | { [key in K]: string } {
  return isId(text) ? ({ [idKey]: text } as { [key in K]: string }) : { name: text };
}
