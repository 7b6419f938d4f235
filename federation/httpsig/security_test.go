package httpsig

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The attacks and controls of the project's list of signature rules (S01 to S41)
// that can be decided without a store or a network. Names carry the row.

const covered = "(request-target) host date digest"

func TestS01GoodCavageIsAccepted(t *testing.T) {
	for _, algorithm := range []string{"", "rsa-sha256", "RSA-SHA256", "hs2019"} {
		r := cavage{algorithm: algorithm, headers: covered}.sign(t, incoming())
		if err := check(r, note, rsaKey().Public()); err != nil {
			t.Errorf("algorithm %q: got %v, want nil", algorithm, err)
		}
	}
}

func TestS02CreatedInsteadOfDateIsAccepted(t *testing.T) {
	r := incoming()
	r.Header.Del("Date")
	r = cavage{
		algorithm: "hs2019", params: fmt.Sprintf("created=%d", now.Unix()),
		headers: "(request-target) (created) host digest",
	}.sign(t, r)
	if err := check(r, note, rsaKey().Public()); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}

func TestS03GoodRFC9421IsAccepted(t *testing.T) {
	if err := check(signed(t, RFC9421, rsaKey()), note, rsaKey().Public()); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}

func TestS04UnsignedIsRefused(t *testing.T) {
	_, err := policy.Parse(incoming(), now)
	wantError(t, err, ErrUnsigned, "not signed")
	wantError(t, err, ErrSignature, "")
	r := incoming()
	r.Header.Set("Authorization", "Bearer token")
	_, err = policy.Parse(r, now)
	wantError(t, err, ErrUnsigned, "")
}

func TestS05GarbageIsMalformed(t *testing.T) {
	for _, header := range []string{
		"", " ", "garbage", "Signature", "Signature ", ",", "=", `""`, "keyId", "keyId=", `keyId="`, `keyId="a`,
		`keyId="a\`, `keyId="a" algorithm="b"`, `keyId="a",`, `keyId="a",,signature="YQ=="`, `keyId="a",keyId="b"`,
		`keyId="a",KEYID="b"`, `keyId="https://h/k",signature="?"`, "\x00", "é", `keyId="é",signature="\"`,
		strings.Repeat("a", maxHeader+1), strings.Repeat(`a="b",`, 1000) + `c="d"`,
		`keyId="https://h/k",headers="host host",signature="YQ=="`,
		`keyId="https://h/k",headers="` + strings.Repeat("x ", 100) + `",signature="YQ=="`,
	} {
		r := incoming()
		r.Header.Set("Signature", header)
		_, err := policy.Parse(r, now)
		wantError(t, err, ErrMalformed, "")
	}
}

func TestS05GarbageRFC9421IsMalformed(t *testing.T) {
	good := `sig1=("@method" "@target-uri");created=1;keyid="https://h/k"`
	for _, tt := range []struct{ input, signature string }{
		{"garbage(", "sig1=:YQ==:"},
		{"sig1", "sig1=:YQ==:"},
		{"sig1=1", "sig1=:YQ==:"},
		{good, ""},
		{good, "sig1=1"},
		{good, "sig2=:YQ==:"},
		{good, "sig1=(:YQ==:)"},
		{good, "sig1=:?:"},
		{`sig1=("@method");created="x"`, "sig1=:YQ==:"},
		{`sig1=("@method");created=1.5`, "sig1=:YQ==:"},
		{`sig1=("@method");created=-1`, "sig1=:YQ==:"},
		{`sig1=("@method");expires`, "sig1=:YQ==:"},
		{`sig1=("@method");keyid=1`, "sig1=:YQ==:"},
		{`sig1=("@method");alg=rsa`, "sig1=:YQ==:"},
		{`sig1=(1)`, "sig1=:YQ==:"},
		{`sig1=("Date")`, "sig1=:YQ==:"},
		{`sig1=("date" "date")`, "sig1=:YQ==:"},
		{"sig1=(" + strings.Repeat(`"a" `, maxHeader/4) + ")", "sig1=:YQ==:"},
	} {
		r := incoming()
		r.Header.Set("Signature-Input", tt.input)
		r.Header.Set("Signature", tt.signature)
		_, err := policy.Parse(r, now)
		wantError(t, err, ErrMalformed, "")
	}
}

func TestS05TwoSignatureHeadersAreMalformed(t *testing.T) {
	r := cavage{headers: covered}.sign(t, incoming())
	r.Header.Add("Signature", r.Header.Get("Signature"))
	_, err := policy.Parse(r, now)
	wantError(t, err, ErrMalformed, "several")
}

func TestS06ChangedBodyIsRefused(t *testing.T) {
	for _, scheme := range []Scheme{Cavage, RFC9421} {
		wantError(t, check(signed(t, scheme, rsaKey()), note+" ", rsaKey().Public()), ErrSignature, "digest")
	}
	r := cavage{headers: covered}.sign(t, incoming())
	r.Header.Set("Digest", "SHA-256="+base64.StdEncoding.EncodeToString(sum("sha-256", []byte("{}"))))
	wantError(t, check(r, "{}", rsaKey().Public()), ErrSignature, "verify")
}

func TestS06EveryKnownDigestMustMatch(t *testing.T) {
	wrong := base64.StdEncoding.EncodeToString(make([]byte, 64))
	for name, value := range map[string]string{
		"Digest":         incoming().Header.Get("Digest") + ",SHA-512=" + wrong,
		"Content-Digest": "sha-512=:" + wrong + ":",
	} {
		r := incoming()
		r.Header.Set(name, value)
		r = cavage{headers: covered}.sign(t, r)
		wantError(t, check(r, note, rsaKey().Public()), ErrSignature, "sha-512")
	}
}

func TestS07PostWithoutDigestIsRefused(t *testing.T) {
	for _, headers := range []string{covered, "(request-target) host date"} {
		r := incoming()
		r.Header.Del("Digest")
		_, err := policy.Parse(cavage{headers: headers}.sign(t, r), now)
		wantError(t, err, ErrSignature, "digest")
	}
}

func TestCoverageOfCavage(t *testing.T) {
	for _, tt := range []struct{ row, headers, reason string }{
		{"S08 digest", "(request-target) host date", "digest"},
		{"S09 host", "(request-target) date digest", "host"},
		{"S10 target", "host date digest", "(request-target)"},
		{"S11 time", "(request-target) host digest", "neither date"},
		{"S27 date only", "date", "host"},
		{"S27 no parameter", "", "host"},
		{"unknown header", covered + " x-none", "x-none"},
		{"unknown pseudo-header", covered + " (nonce)", "(nonce)"},
	} {
		t.Run(tt.row, func(t *testing.T) {
			_, err := policy.Parse(cavage{headers: tt.headers}.sign(t, incoming()), now)
			wantError(t, err, ErrSignature, tt.reason)
		})
	}
}

func TestWindow(t *testing.T) {
	for _, tt := range []struct {
		row    string
		age    time.Duration
		reason string // "" when accepted
	}{
		{"S12 25 h ago", 25 * time.Hour, "too long ago"},
		{"S12 just outside", Window + time.Second, "too long ago"},
		{"S13 3 h ahead", -3 * time.Hour, "future"},
		{"S14 4 min ago", 4 * time.Minute, ""},
		{"S14 4 min ahead", -4 * time.Minute, ""},
		{"an hour ago", time.Hour, ""},
	} {
		for name, r := range signedAt(t, now.Add(-tt.age)) {
			t.Run(tt.row+" "+name, func(t *testing.T) {
				err := check(r, note, rsaKey().Public())
				if tt.reason == "" && err != nil {
					t.Errorf("got %v, want nil", err)
				}
				if tt.reason != "" {
					wantError(t, err, ErrSignature, tt.reason)
				}
			})
		}
	}
}

// signedAt is a request signed at when, by Date, by (created) and by RFC 9421 (S30).
func signedAt(t *testing.T, when time.Time) map[string]*http.Request {
	byDate := incoming()
	byDate.Header.Set("Date", when.Format(http.TimeFormat))
	out := outgoing(t, http.MethodPost, origin+"/inbox", note)
	if err := (Signer{keyID, rsaKey()}).Sign(out, []byte(note), RFC9421, when); err != nil {
		t.Fatal(err)
	}
	return map[string]*http.Request{
		"date": cavage{headers: covered}.sign(t, byDate),
		"created": cavage{
			params:  fmt.Sprintf("created=%d", when.Unix()),
			headers: "(request-target) host (created) digest",
		}.sign(t, incoming()),
		"rfc9421": arrive(out),
	}
}

func TestBothCoveredTimesMustLieInTheWindow(t *testing.T) {
	r := incoming()
	r.Header.Set("Date", now.Add(-25*time.Hour).Format(http.TimeFormat))
	r = cavage{params: fmt.Sprintf("created=%d", now.Unix()), headers: covered + " (created)"}.sign(t, r)
	_, err := policy.Parse(r, now)
	wantError(t, err, ErrSignature, "too long ago")
}

// A replay is byte for byte as true as the original; that it has its effect once is
// decided by the activity's id.
func TestS15ReplayVerifiesAlike(t *testing.T) {
	r := signed(t, Cavage, rsaKey())
	for range 2 {
		if err := check(r, note, rsaKey().Public()); err != nil {
			t.Errorf("got %v, want nil", err)
		}
	}
}

func TestS16SignatureForAnotherTargetIsRefused(t *testing.T) {
	for _, target := range []string{"post /users/ada/inbox", "get /inbox", "post /inbox?", "post /Inbox", "POST /inbox"} {
		r := cavage{headers: covered, target: target}.sign(t, incoming())
		wantError(t, check(r, note, rsaKey().Public()), ErrSignature, "verify")
	}
}

func TestS17RequestForAnotherHostIsRefused(t *testing.T) {
	for _, host := range []string{"other.example", "lab.example:8443", "lab.example.", "lab.example.evil.example", ""} {
		r := incoming()
		r.Host = host
		_, err := policy.Parse(cavage{headers: covered, host: host}.sign(t, r), now)
		wantError(t, err, ErrSignature, "another host")
	}
	r := cavage{headers: covered, host: "other.example"}.sign(t, incoming())
	wantError(t, check(r, note, rsaKey().Public()), ErrSignature, "verify")
}

func TestS17OurHostInAnotherSpellingIsOurs(t *testing.T) {
	for _, host := range []string{"LAB.example", "lab.example:443"} {
		r := incoming()
		r.Host = host
		r = cavage{headers: covered, host: host}.sign(t, r)
		if err := check(r, note, rsaKey().Public()); err != nil {
			t.Errorf("%s: got %v, want nil", host, err)
		}
	}
}

func TestS17NodeWithoutOriginRefuses(t *testing.T) {
	_, err := Policy{}.Parse(signed(t, Cavage, rsaKey()), now)
	wantError(t, err, ErrSignature, "origin")
}

func TestS24HMACWithThePublicKeyIsRefused(t *testing.T) {
	pem, err := EncodePublicKey(rsaKey().Public())
	if err != nil {
		t.Fatal(err)
	}
	for _, algorithm := range []string{"hmac-sha256", "HMAC-SHA256", "hs2019", "none", "rsa-sha1", "dsa-sha1"} {
		c := cavage{algorithm: algorithm, headers: covered, target: "post /inbox", host: "lab.example"}
		r := incoming()
		mac := hmac.New(sha256.New, []byte(pem))
		mac.Write([]byte(c.base(r)))
		r.Header.Set("Signature", c.header(mac.Sum(nil)))
		wantError(t, check(r, note, rsaKey().Public()), ErrSignature, "")
	}
	r := signed(t, RFC9421, rsaKey())
	input := strings.Replace(r.Header.Get("Signature-Input"), "rsa-v1_5-sha256", "hmac-sha256", 1)
	r.Header.Set("Signature-Input", input)
	wantError(t, check(r, note, rsaKey().Public()), ErrSignature, "algorithm")
}

func TestS24AlgorithmOfAnotherKindOfKeyIsRefused(t *testing.T) {
	wantError(t, check(signed(t, RFC9421, rsaKey()), note, edKey().Public()), ErrSignature, "does not fit")
	wantError(t, check(signed(t, RFC9421, edKey()), note, rsaKey().Public()), ErrSignature, "does not fit")
	wantError(t, check(signed(t, Cavage, rsaKey()), note, edKey().Public()), ErrSignature, "verify")
}

func TestCoverageOfRFC9421(t *testing.T) {
	params := fmt.Sprintf(`;created=%d;keyid="%s"`, now.Unix(), keyID)
	for _, tt := range []struct{ row, input, reason string }{
		{"S28 content-digest", `("@method" "@target-uri")` + params, "digest"},
		{"S28 digest is not enough", `("@method" "@target-uri" "digest")` + params, "digest"},
		{"method", `("@target-uri" "content-digest")` + params, "@method"},
		{"target", `("@method" "content-digest")` + params, "@target-uri"},
		{"created", `("@method" "@target-uri" "content-digest");keyid="` + keyID + `"`, "created"},
		{"component parameter", `("@method" "@target-uri" "content-digest";sf)` + params, "parameters"},
		{"component parameter twice", `("@method" "@method";req "@target-uri" "content-digest")` + params, "parameters"},
		{"response component", `("@method" "@target-uri" "content-digest" "@status")` + params, "@status"},
		{"field not sent", `("@method" "@target-uri" "content-digest" "x-none")` + params, "x-none"},
	} {
		t.Run(tt.row, func(t *testing.T) {
			r := signed(t, RFC9421, rsaKey())
			r.Header.Set("Digest", incoming().Header.Get("Digest"))
			r.Header.Set("Signature-Input", "sig1="+tt.input)
			_, err := policy.Parse(r, now)
			wantError(t, err, ErrSignature, tt.reason)
		})
	}
}

func TestS29WrongTargetURIIsRefused(t *testing.T) {
	for _, target := range []string{"https://lab.example/other", "http://lab.example/inbox", "https://lab.example/inbox?a=b"} {
		r := outgoing(t, http.MethodPost, target, note)
		if err := (Signer{keyID, rsaKey()}).Sign(r, []byte(note), RFC9421, now); err != nil {
			t.Fatal(err)
		}
		in := arrive(r)
		in.RequestURI, in.URL.Path, in.URL.RawQuery = "/inbox", "/inbox", ""
		wantError(t, check(in, note, rsaKey().Public()), ErrSignature, "verify")
	}
}

func TestS32ExpiredIsRefused(t *testing.T) {
	expired := now.Add(-time.Second).Unix()
	for _, c := range []cavage{
		{params: fmt.Sprintf("expires=%d", expired), headers: covered + " (expires)"},
		{params: fmt.Sprintf(`expires="%d.5"`, expired), headers: covered},
	} {
		_, err := policy.Parse(c.sign(t, incoming()), now)
		wantError(t, err, ErrSignature, "expired")
	}
	r := signed(t, RFC9421, rsaKey())
	r.Header.Set("Signature-Input", r.Header.Get("Signature-Input")+fmt.Sprintf(";expires=%d", expired))
	_, err := policy.Parse(r, now)
	wantError(t, err, ErrSignature, "expired")
}

func TestS32ExpiryAheadIsAccepted(t *testing.T) {
	r := cavage{params: fmt.Sprintf("expires=%d", now.Add(time.Minute).Unix()), headers: covered + " (expires)"}.sign(t, incoming())
	if err := check(r, note, rsaKey().Public()); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}

func TestCreatedNeedsHS2019(t *testing.T) {
	r := cavage{
		algorithm: "rsa-sha256", params: fmt.Sprintf("created=%d", now.Unix()),
		headers: "(request-target) host (created) digest",
	}.sign(t, incoming())
	_, err := policy.Parse(r, now)
	wantError(t, err, ErrSignature, "hs2019")
}

func TestForeignKeyIsRefused(t *testing.T) {
	other, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []Scheme{Cavage, RFC9421} {
		wantError(t, check(signed(t, scheme, edKey()), note, other), ErrSignature, "verify")
	}
}
