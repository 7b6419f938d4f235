// masto against a node: the arguments are its address, a lab on another node, the
// title of a record of that lab, a picture, and the address and a token of that
// node. It prints the address at which a member lets it in, reads the code, and then
// a line for each step.
import { createECDH, createPublicKey, randomBytes, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createInterface } from "node:readline/promises";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import ece from "http_ece";
import { WebSocket } from "ws";

const [url, lab, title, picture, otherURL, otherToken] = process.argv.slice(2);
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
const { about, privacyPolicy } = instance.configuration.urls;
step("pages about the node", (await fetch(about)).ok && (await fetch(privacyPolicy)).ok);
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
const up = [];
for await (const page of m.v1.timelines.home.list({ limit: 1, minId: seen.at(-1) }).setDirection("prev")) {
  up.push(...page.map((s) => s.id));
}
step("page up", up.join() === seen.slice(0, -1).reverse().join());

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

// A push service of our own takes what the other node's member causes.
const privateKey = createECDH("prime256v1");
const p256dh = privateKey.generateKeys("base64url");
const authSecret = randomBytes(16).toString("base64url");
let arrived;
const pushed = new Promise((resolve) => (arrived = resolve));
const service = createServer(async (req, res) => {
  const parts = [];
  for await (const part of req) parts.push(part);
  res.writeHead(201).end();
  arrived({ headers: req.headers, body: Buffer.concat(parts) });
});
await new Promise((open) => service.listen(0, "127.0.0.1", open));
const endpoint = `http://127.0.0.1:${service.address().port}/push`;
await m.v1.push.subscription.create({ subscription: { endpoint, keys: { p256dh, auth: authSecret } }, data: { alerts: { favourite: true }, policy: "all" } });
const other = createRestAPIClient({ url: otherURL, accessToken: otherToken });
const far = (await other.v2.search.list({ q: mine.uri, resolve: true })).statuses[0];
await other.v1.statuses.$select(far.id).favourite();
const { headers, body } = await pushed;
const news = JSON.parse(ece.decrypt(body, { version: "aes128gcm", privateKey, authSecret }).toString());
step("push", headers["content-encoding"] === "aes128gcm" && news.notification_type === "favourite");
const [, jwt, key] = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization);
const [head, claims, signature] = jwt.split(".");
const point = Buffer.from(key, "base64url");
const sender = createPublicKey({
  format: "jwk", key: { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") },
});
const signed = verify("sha256", Buffer.from(`${head}.${claims}`), { key: sender, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
step("push is signed by the node", signed && key === instance.configuration.vapid.publicKey);
service.close();

await m.v1.statuses.$select(mine.id).remove();
step("delete", !(await m.v1.timelines.home.list()).some((s) => s.id === mine.id));
step("end");
process.exit(0);
