// masto against a node: the arguments are its address, a lab on another node, the
// title of a record of that lab, and a picture. It prints the address at which a
// member lets it in, reads the code, and then a line for each step.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import { WebSocket } from "ws";

const [url, lab, title, picture] = process.argv.slice(2);
const back = "urn:ietf:wg:oauth:2.0:oob";
const scope = "read write follow push";

function step(name, so = true) {
  if (!so) {
    console.error("not so: " + name);
    process.exit(1);
  }
  console.log("ok " + name);
}

async function until(name, look) {
  for (let i = 0; i < 300; i++) {
    const found = await look();
    if (found) {
      step(name);
      return found;
    }
    await new Promise((go) => setTimeout(go, 100));
  }
  step(name, false);
}

const app = await createRestAPIClient({ url }).v1.apps.create({ clientName: "masto", redirectUris: back, scopes: scope });
const ask = new URLSearchParams({ response_type: "code", client_id: app.clientId, redirect_uri: back, scope });
console.log(`open ${url}/oauth/authorize?${ask}`);
const lines = createInterface({ input: process.stdin });
const code = await new Promise((got) => lines.once("line", got));
lines.close();
const token = await createOAuthAPIClient({ url }).token.create({
  grantType: "authorization_code", code, clientId: app.clientId, clientSecret: app.clientSecret, redirectUri: back, scope,
});
const m = createRestAPIClient({ url, accessToken: token.accessToken });

step("sign in", (await m.v1.accounts.verifyCredentials()).source != null);
const instance = await m.v2.instance.fetch();
step("instance", instance.version.startsWith("4.") && instance.configuration.vapid.publicKey.length > 80);
const { accounts } = await m.v2.search.list({ q: lab, resolve: true });
step("look up the lab", accounts.length === 1 && accounts[0].group);
await m.v1.accounts.$select(accounts[0].id).follow();
await until("follow the lab", async () => (await m.v1.accounts.relationships.fetch({ id: [accounts[0].id] }))[0].following);
const record = await until("its record at home", async () => (await m.v1.timelines.home.list()).find((s) => s.content.includes(title)));
step("card of the record", record.card.title === title && record.spoilerText === "");

const media = await m.v2.media.create({ file: new Blob([await readFile(picture)], { type: "image/png" }), description: "Un carré" });
const mine = await m.v1.statuses.create({ status: "Bonjour #essai", mediaIds: [media.id] });
step("post with picture", mine.mediaAttachments[0].description === "Un carré" && mine.tags[0].name === "essai");
const reply = await m.v1.statuses.create({ status: "Bravo", inReplyToId: record.id });
step("reply", reply.inReplyToId === record.id);
const thread = await m.v1.statuses.$select(record.id).context.fetch();
step("thread", thread.descendants.some((s) => s.id === reply.id));
step("favourite", (await m.v1.statuses.$select(record.id).favourite()).favourited);
step("boost", (await m.v1.statuses.$select(record.id).reblog()).reblog.id === record.id);
step("search", (await m.v2.search.list({ q: "bonjour" })).statuses.some((s) => s.id === mine.id));
step("notifications", (await m.v1.notifications.list()).some((n) => n.type === "follow"));
step("grouped notifications", (await m.v2.notifications.list()).notificationGroups.some((g) => g.type === "follow"));

const seen = [];
for await (const page of m.v1.timelines.home.list({ limit: 1 })) {
  seen.push(...page.map((s) => s.id));
}
step("page down", seen.length >= 3 && seen.every((id, i) => i === 0 || BigInt(id) < BigInt(seen[i - 1])));
const up = await m.v1.timelines.home.list({ limit: 1, minId: seen.at(-1) });
step("page up", up[0].id === seen.at(-2));

const streams = createStreamingAPIClient({
  streamingApiUrl: instance.configuration.urls.streaming, accessToken: token.accessToken, implementation: WebSocket,
});
const user = streams.user.subscribe();
const came = (async () => {
  for await (const event of user) {
    if (event.event === "update" && event.payload.content.includes("par le flux")) return true;
  }
  return false;
})();
const again = setInterval(() => m.v1.statuses.create({ status: "par le flux" }), 500);
step("stream", await came);
clearInterval(again);
streams.close();

await m.v1.statuses.$select(mine.id).remove();
step("delete", !(await m.v1.timelines.home.list()).some((s) => s.id === mine.id));
step("end");
process.exit(0);
