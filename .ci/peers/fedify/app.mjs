// A small fediverse server on Fedify: one person who posts, follows and is followed,
// all in memory. What its inbox receives goes to report, after Fedify has verified
// the signature and read the activity with its own vocabulary.

import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Article, Create, Delete, Endpoints, Follow, Like, Note, Person, PUBLIC_COLLECTION, Tombstone,
  Undo, Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";
import { describe } from "./describe.mjs";

export const handle = "camille";
const pageSize = 2; // so that a short outbox has several pages

export async function createApp(report) {
  const posts = new Map(); // id -> {Type, name, summary, content, published, updated}
  const followers = new Map(); // IRI -> recipient
  const sent = new Map(); // IRI of an activity -> {activity, recipient}, to undo it
  const keyPairs = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
  const federation = createFederation({ kv: new MemoryKvStore(), allowPrivateAddress: true });

  federation
    .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
      if (identifier !== handle) return null;
      const keys = await ctx.getActorKeyPairs(identifier);
      return new Person({
        id: ctx.getActorUri(identifier),
        preferredUsername: identifier,
        name: "Camille Fedify",
        summary: "Une personne sur un autre logiciel.",
        url: new URL(`/@${identifier}`, ctx.canonicalOrigin),
        inbox: ctx.getInboxUri(identifier),
        outbox: ctx.getOutboxUri(identifier),
        followers: ctx.getFollowersUri(identifier),
        endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
        publicKey: keys[0].cryptographicKey,
        assertionMethods: keys.map((key) => key.multikey),
      });
    })
    .setKeyPairsDispatcher(() => keyPairs);

  federation.setObjectDispatcher(Note, "/notes/{id}", (ctx, { id }) => served(ctx, id, Note));
  federation.setObjectDispatcher(Article, "/articles/{id}", (ctx, { id }) => served(ctx, id, Article));

  federation
    .setOutboxDispatcher("/users/{identifier}/outbox", (ctx, _identifier, cursor) => {
      if (cursor === null) return null; // pages only
      const from = Number(cursor);
      const ids = [...posts.keys()].reverse();
      const items = ids.slice(from, from + pageSize).map((id) => creation(ctx, id));
      return { items, nextCursor: from + pageSize < ids.length ? String(from + pageSize) : null };
    })
    .setCounter(() => posts.size)
    .setFirstCursor(() => "0");

  federation
    .setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }))
    .setCounter(() => followers.size);

  federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
    software: { name: "fedify-peer", version: "1.0.0" },
    protocols: ["activitypub"],
    usage: { users: { total: 1 }, localPosts: posts.size, localComments: 0 },
  }));

  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .on(Follow, async (ctx, follow) => {
      const follower = await follow.getActor(ctx);
      followers.set(follower.id.href, follower);
      const accept = new Accept({
        id: mint(ctx, "accepts"),
        actor: ctx.getActorUri(handle),
        to: follower.id,
        object: follow,
      });
      await ctx.sendActivity({ identifier: handle }, follower, accept);
      await received(ctx, follow);
    })
    .on(Undo, async (ctx, undo) => {
      const undone = await undo.getObject(ctx);
      if (undone instanceof Follow) followers.delete(undo.actorId.href);
      await received(ctx, undo);
    })
    .on(Activity, received)
    .onError((_ctx, error) => report({ error: error.stack }));

  async function received(ctx, activity) {
    // An Accept holds our own Follow, which is not served: it is taken as it came.
    const crossOrigin = activity instanceof Accept ? "trust" : "ignore";
    const { documentLoader, contextLoader } = ctx;
    const object = await activity.getObject({ documentLoader, contextLoader, crossOrigin, suppressError: false });
    report({
      event: activity.constructor.name,
      id: activity.id.href,
      actor: activity.actorId.href,
      scheme: ctx.data.scheme,
      object: await describe(object),
    });
  }

  const mint = (ctx, kind) => new URL(`/${kind}/${crypto.randomUUID()}`, ctx.canonicalOrigin);
  const audience = (ctx) => ({ to: PUBLIC_COLLECTION, cc: ctx.getFollowersUri(handle) });
  const iriOf = (ctx, id) => ctx.getObjectUri(posts.get(id).Type, { id });
  const idOf = (iri) => iri.slice(iri.lastIndexOf("/") + 1);

  function object(ctx, id) {
    const { Type, ...post } = posts.get(id);
    const url = new URL(`/@${handle}/${id}`, ctx.canonicalOrigin);
    return new Type({ ...post, ...audience(ctx), id: iriOf(ctx, id), attribution: ctx.getActorUri(handle), url });
  }

  const served = (ctx, id, Type) => (posts.get(id)?.Type === Type ? object(ctx, id) : null);

  function creation(ctx, id) {
    const iri = iriOf(ctx, id);
    const actor = ctx.getActorUri(handle);
    return new Create({ ...audience(ctx), id: new URL("#create", iri), actor, object: object(ctx, id) });
  }

  const toFollowers = (ctx, activity) =>
    ctx.sendActivity({ identifier: handle }, [...followers.values()], activity, { preferSharedInbox: true });

  // toward sends an activity about something of others to whoever answers for it.
  async function toward(ctx, iri, Type) {
    const target = await ctx.lookupObject(iri);
    const recipient = Type === Follow ? target : await target.getAttribution(ctx);
    const addressed = Type === Announce ? audience(ctx) : { to: recipient.id };
    const id = mint(ctx, Type.name.toLowerCase());
    const activity = new Type({ ...addressed, id, actor: ctx.getActorUri(handle), object: target.id });
    sent.set(id.href, { activity, recipient });
    await ctx.sendActivity({ identifier: handle }, recipient, activity);
    return { id: id.href };
  }

  // The commands that change something; each takes a context and its own fields.
  const commands = {
    follow: (ctx, { iri }) => toward(ctx, iri, Follow),
    like: (ctx, { iri }) => toward(ctx, iri, Like),
    announce: (ctx, { iri }) => toward(ctx, iri, Announce),
    async undo(ctx, { id }) {
      const { activity, recipient } = sent.get(id);
      const undo = new Undo({ id: mint(ctx, "undo"), actor: activity.actorId, to: recipient.id, object: activity });
      await ctx.sendActivity({ identifier: handle }, recipient, undo);
      return {};
    },
    async post(ctx, { type, ...fields }) {
      const id = crypto.randomUUID();
      posts.set(id, { Type: type === "Article" ? Article : Note, ...fields, published: Temporal.Now.instant() });
      await toFollowers(ctx, creation(ctx, id));
      return { iri: iriOf(ctx, id).href };
    },
    async edit(ctx, { iri, ...fields }) {
      const id = idOf(iri);
      posts.set(id, { ...posts.get(id), ...fields, updated: Temporal.Now.instant() });
      const actor = ctx.getActorUri(handle);
      const changed = object(ctx, id);
      await toFollowers(ctx, new Update({ ...audience(ctx), id: mint(ctx, "updates"), actor, object: changed }));
      return {};
    },
    async delete(ctx, { iri }) {
      posts.delete(idOf(iri));
      const tombstone = new Tombstone({ id: new URL(iri) });
      const actor = ctx.getActorUri(handle);
      await toFollowers(ctx, new Delete({ ...audience(ctx), id: mint(ctx, "deletes"), actor, object: tombstone }));
      return {};
    },
  };
  return { federation, commands };
}
