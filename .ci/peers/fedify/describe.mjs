// What Fedify's vocabulary read of a document, as plain JSON.

import { isActor, Link } from "@fedify/vocab";

const href = (value) => (value instanceof Link ? value.href?.href : value?.href);
const hrefs = (urls) => urls.map((url) => url.href);
const text = (value) => value?.toString();

export async function describe(object) {
  if (object === null || object instanceof Link) return null;
  const seen = {
    type: object.constructor.name,
    id: object.id?.href,
    name: text(object.name),
    summary: text(object.summary),
    content: text(object.content),
    url: href(object.url),
    attributedTo: object.attributionId?.href,
    inReplyTo: object.replyTargetId?.href,
    to: hrefs(object.toIds),
    cc: hrefs(object.ccIds),
    published: text(object.published),
    updated: text(object.updated),
    deleted: text(object.deleted),
    totalItems: object.totalItems ?? undefined,
  };
  return isActor(object) ? { ...seen, ...(await describeActor(object)) } : seen;
}

async function describeActor(actor) {
  const options = { suppressError: false };
  const keys = [];
  for await (const key of actor.getPublicKeys(options)) keys.push(key);
  for await (const key of actor.getAssertionMethods(options)) keys.push(key);
  return {
    handle: text(actor.preferredUsername),
    inbox: actor.inboxId?.href,
    outbox: actor.outboxId?.href,
    followers: actor.followersId?.href,
    following: actor.followingId?.href,
    featured: actor.featuredId?.href,
    sharedInbox: actor.endpoints?.sharedInbox?.href,
    keys: await Promise.all(keys.map(describeKey)),
  };
}

async function describeKey(key) {
  const owner = key.ownerId ?? key.controllerId;
  return { type: key.constructor.name, id: key.id.href, owner: owner.href, algorithm: key.publicKey.algorithm.name };
}
