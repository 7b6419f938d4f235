// Signs in with a passkey, or adds one: nothing else on these pages needs a script.
// A form with data-passkey is shown where the browser knows passkeys.

const ceremonies = {
	get: ({publicKey}) => navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey)}),
	create: ({publicKey}) => navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey)}),
};

async function post(path, body) {
	const response = await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
	if (!response.ok) throw new Error(`status ${response.status}`);
	return response.json();
}

async function run(form) {
	const options = await post(form.action + "/debut", {});
	const credential = await ceremonies[form.dataset.passkey](options);
	const answers = Object.fromEntries(new FormData(form));
	return post(form.action + "/fin", {...answers, credential: credential.toJSON()});
}

async function submit(event) {
	event.preventDefault();
	const problem = event.target.querySelector("[role=alert]");
	problem.hidden = true;
	try {
		location.assign((await run(event.target)).location);
	} catch {
		problem.hidden = false;
	}
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
	for (const form of document.querySelectorAll("form[data-passkey]")) {
		form.hidden = false;
		form.addEventListener("submit", submit);
	}
	document.querySelector("[data-passkey-missing]")?.remove();
}
