//go:build peers

package httpsig

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// peersDir holds the signature libraries of PeerTube, Misskey and Fedify. "npm ci"
// there comes first; without it these tests fail.
const peersDir = "../../.ci/peers/httpsig"

// A peerRequest is a request as the scripts in peersDir read it.
type peerRequest struct {
	Method        string            `json:"method"`
	URL           string            `json:"url"`
	Headers       map[string]string `json:"headers"`
	Body          string            `json:"body"`
	KeyID         string            `json:"keyId"`
	PublicKeyPEM  string            `json:"publicKeyPem,omitempty"`
	PrivateKeyPEM string            `json:"privateKeyPem,omitempty"`
	Signer        string            `json:"signer,omitempty"`
}

// runPeers gives the requests to a script and returns its answers in their order.
func runPeers(t *testing.T, script string, requests []peerRequest) []map[string]string {
	t.Helper()
	var in, out, problems bytes.Buffer
	for _, r := range requests {
		if err := json.NewEncoder(&in).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = peersDir, &in, &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("node %s: %v\n%s", script, err, problems.String())
	}
	answers := make([]map[string]string, len(requests))
	decoder := json.NewDecoder(&out)
	for i := range answers {
		if err := decoder.Decode(&answers[i]); err != nil {
			t.Fatalf("answer %d of %s: %v\n%s", i, script, err, problems.String())
		}
	}
	return answers
}

var peerTargets = []struct{ method, url, body string }{
	{http.MethodPost, origin + "/inbox", note},
	{http.MethodGet, origin + "/actors/lab", ""},
	{http.MethodGet, origin + "/outbox?page=true&min_id=0", ""},
	{http.MethodGet, origin + "/u/%C5%82%20b", ""},
	{http.MethodPost, "http://127.0.0.1:8101/inbox", note},
}

func TestPeersVerifyOurSignatures(t *testing.T) {
	var names []string
	var requests []peerRequest
	var want [][]string
	add := func(name string, r peerRequest, verifiers ...string) {
		names, requests, want = append(names, name), append(requests, r), append(want, verifiers)
	}
	for _, tt := range peerTargets {
		query := strings.Contains(tt.url, "?")
		what := tt.method + " " + tt.url
		add("rfc9421 "+what, signForPeer(t, rsaKey(), RFC9421, tt.method, tt.url, tt.body), "fedify")
		add("ed25519 "+what, signForPeer(t, edKey(), Cavage, tt.method, tt.url, tt.body), "peertube", "misskey")
		full := signForPeer(t, rsaKey(), Cavage, tt.method, tt.url, tt.body)
		if !query {
			add("cavage "+what, full, "peertube", "misskey", "fedify")
			continue
		}
		add("cavage "+what, full, "peertube", "misskey")
		add("no query "+what, signForPeer(t, rsaKey(), CavageNoQuery, tt.method, tt.url, tt.body), "fedify")
	}
	for _, scheme := range []Scheme{Cavage, RFC9421} {
		changed := signForPeer(t, rsaKey(), scheme, http.MethodPost, origin+"/inbox", note)
		changed.URL = origin + "/other"
		add("other target "+scheme.String(), changed)
	}
	for i, answer := range runPeers(t, "verify.mjs", requests) {
		for verifier, verdict := range answer {
			accepted := verdict == "ok"
			if wanted := slices.Contains(want[i], verifier); accepted != wanted {
				t.Errorf("%s: %s says %q, want accepted %v", names[i], verifier, verdict, wanted)
			}
		}
		if len(answer) != 3 {
			t.Errorf("%s: got %d verdicts, want 3", names[i], len(answer))
		}
	}
}

func TestWeVerifyPeersSignatures(t *testing.T) {
	var requests []peerRequest
	for _, signer := range []string{"fedify-cavage", "fedify-rfc9421", "misskey", "peertube", "peertube-authorization"} {
		for _, tt := range peerTargets {
			requests = append(requests, peerRequest{
				Method: tt.method, URL: tt.url, Body: tt.body, KeyID: keyID, Signer: signer, PrivateKeyPEM: pkcs8(t),
				Headers: map[string]string{"Content-Type": "application/activity+json", "Accept": "application/activity+json"},
			})
		}
	}
	for i, headers := range runPeers(t, "sign.mjs", requests) {
		p := requests[i]
		r := outgoing(t, p.Method, p.URL, p.Body)
		for name, value := range headers {
			r.Header.Set(name, value)
		}
		in := arrive(r)
		in.Header.Del("Host") // as net/http does
		node := Policy{Origin: r.URL.Scheme + "://" + r.URL.Host}
		if err := checkAt(node, in, p.Body, rsaKey().Public(), time.Now()); err != nil {
			t.Errorf("%s %s %s: %v\n%v", p.Signer, p.Method, p.URL, err, headers)
		}
	}
}

func signForPeer(t *testing.T, key crypto.Signer, scheme Scheme, method, url, body string) peerRequest {
	t.Helper()
	r := outgoing(t, method, url, body)
	if err := (Signer{keyID, key}).Sign(r, []byte(body), scheme, time.Now()); err != nil {
		t.Fatal(err)
	}
	public, err := EncodePublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	return peerRequest{Method: method, URL: url, Headers: headers, Body: body, KeyID: keyID, PublicKeyPEM: public}
}

func pkcs8(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
