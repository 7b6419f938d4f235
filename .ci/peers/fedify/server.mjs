// Runs the server of app.mjs on a free port of 127.0.0.1. Commands come on standard
// input, one JSON object a line: {"do": "follow", "iri": "…"}. On standard output go,
// one JSON object a line, an answer to each ({"answer": {…}} or {"error": "…"}) and
// what happens in between ({"event": "Create", …}).

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { createApp, handle } from "./app.mjs";
import { commands as judge } from "./judge.mjs";

// Fedify looks up handles by https alone; here on loopback there is only http.
const fetchAny = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const loopback = input instanceof URL && input.protocol === "https:" && input.hostname === "127.0.0.1";
  return fetchAny(loopback ? new URL(input.href.replace("https:", "http:")) : input, init);
};

const say = (message) => console.log(JSON.stringify(message));
const { federation, commands } = await createApp(say);
let demanded = ""; // the only signature scheme that is taken; empty: any
let announced = ""; // what the actor's document says that this server implements (FEP-844e)

const server = createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const response = await answer(incoming, Buffer.concat(chunks));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

async function answer(incoming, body) {
  const { method, headers, url } = incoming;
  const scheme = headers["signature-input"] ? "rfc9421" : headers.signature ? "cavage" : "";
  if (method === "POST" && demanded && scheme !== demanded) return new Response("another signature, please", { status: 401 });
  const request = new Request(new URL(url, origin()), { method, headers, body: method === "POST" ? body : undefined });
  const response = await federation.fetch(request, { contextData: { scheme } });
  if (!announced || url !== `/users/${handle}`) return response;
  const generator = { type: "Application", implements: [{ href: announced }] };
  return Response.json({ ...(await response.json()), generator }, response);
}

const origin = () => `http://127.0.0.1:${server.address().port}`;

async function obey({ do: name, ...fields }) {
  if (name === "demand") {
    ({ scheme: demanded, announced } = fields);
    return {};
  }
  if (judge[name]) return judge[name](fields);
  return commands[name](federation.createContext(new URL(origin()), { scheme: "" }), fields);
}

await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
say({ event: "ready", id: `${origin()}/users/${handle}`, handle: `@${handle}@127.0.0.1:${server.address().port}` });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say({ answer: (await obey(JSON.parse(line))) ?? null });
  } catch (error) {
    say({ error: error.stack });
  }
}
process.exit();
