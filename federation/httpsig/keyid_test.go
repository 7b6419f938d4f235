package httpsig

import (
	"strings"
	"testing"
)

func TestS41OddKeyIDsAreRefused(t *testing.T) {
	for _, id := range []string{
		"http://peer.example/k", "ftp://peer.example/k", "file:///etc/passwd", "acct:ada@peer.example", "//peer.example/k", "/k", "k",
		"https:peer.example/k", "https:///k", "https://", "https://ada@peer.example/k", "https://ada:pw@peer.example/k", "https://@peer.example/k",
		"https://vic.example@evil.example/k", `https://vic.example\@evil.example/k`, "https://evil.example#@vic.example/k",
		"https://evil.example/#https://vic.example?/k", "https://evil.example/k#a#b", "https://evil.example/k#<a>", "https://evil.example/k#%00",
		"https://peer.example./k", "https://.example/k", "https://a..example/k", "https://peer.example:/k", "https://peer.example:0/k",
		"https://peer.example:99999/k", "https://2130706433/k", "https://0x7f.1/k", "https://127.1/k", "https://0177.0.0.1/k", "https://[::1%25eth0]/k",
		"https://[0:0:0:0:0:0:0:1]/k", "https://exa%6dple.com/k", "https://ex ample.com/k", "https://пример.example/k", "https://peer.example/é", "https://peer.example/k\n",
		"https://peer.example/" + strings.Repeat("k", maxKeyID),
	} {
		wantError(t, CheckKeyID(id, false), ErrSignature, "key id")
	}
	wantError(t, CheckKeyID("", true), ErrMalformed, "key id")
	for _, id := range []string{"ftp://h.example/k", "http://ada@h.example/k", "HTTP:k"} {
		wantError(t, CheckKeyID(id, true), ErrSignature, "key id")
	}
}

func TestS41ParseChecksTheKeyID(t *testing.T) {
	r := cavage{headers: covered}.sign(t, incoming())
	r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), "https://", "https://vic@", 1))
	_, err := policy.Parse(r, now)
	wantError(t, err, ErrSignature, "key id")
}

// What real servers use, kept exactly as it stands.
func TestS41OrdinaryKeyIDsPass(t *testing.T) {
	for _, id := range []string{
		keyID, "https://gts.example/users/ada/main-key", "https://mobilizon.example/@lab#main-key", "https://h.example/actor?key=main",
		"https://h.example/actor/publickey", "https://narwhal.example//communities/12#main-key", "https://lab.example/actors/x#key-2027-01",
		"https://h.example/u#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ", "https://xn--e1afmkfd.example/u/%C5%82#k", "HTTPS://H.example:8443/u", "https://203.0.113.7/u", "https://[2001:db8::1]:8443/u#k",
	} {
		if err := CheckKeyID(id, false); err != nil {
			t.Errorf("%s: got %v, want nil", id, err)
		}
	}
	for _, id := range []string{"http://127.0.0.1:8101/actor#main-key", "http://bretagne.localhost:8101/actor"} {
		if err := CheckKeyID(id, true); err != nil {
			t.Errorf("%s: got %v, want nil", id, err)
		}
	}
}
