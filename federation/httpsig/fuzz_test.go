package httpsig

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"testing"
)

// Whatever the headers hold, Parse answers with a signature or with one of its
// two errors, and what it lets through has met the policy.
func FuzzParse(f *testing.F) {
	f.Add(`keyId="https://h.example/k",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="YQ=="`, "", "")
	f.Add(`Signature keyId="https://h.example/k" , headers="(request-target) host (created) digest" , created=1795341600 , signature="YQ=="`, "", "")
	f.Add(`keyId="a\"b",keyid=x`, "", "Signature a=b")
	f.Add("sig1=:YQ==:", `sig1=("@method" "@target-uri" "content-digest");created=1795341600;keyid="https://h.example/k"`, "")
	f.Add("a=:YQ==:, b=:YQ==:", `a=();created=1, b=("@query" "@path");alg="ed25519";expires=9`, "")
	f.Add("", "", `Signature keyId="https://h.example/k",headers="date",signature="YQ=="`)
	f.Fuzz(func(t *testing.T, signature, input, authorization string) {
		r := incoming()
		for name, value := range map[string]string{"Signature": signature, "Signature-Input": input, "Authorization": authorization} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		r.Header.Set("Content-Digest", "sha-256=:YQ==:")
		s, err := policy.Parse(r, now)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSignature) {
				t.Errorf("got %v, want ErrMalformed or ErrSignature", err)
			}
			return
		}
		if CheckKeyID(s.KeyID, false) != nil || checkWindow(s.Created, now) != nil || len(s.digests) == 0 || len(s.value) == 0 {
			t.Errorf("got %+v past the policy", s)
		}
		if s.Verify(edKey().Public()) == nil {
			t.Error("verified without a look at the body")
		}
	})
}

// What parseParams reads is the same after it was quoted again.
func FuzzParams(f *testing.F) {
	f.Add(`keyId="https://h.example/k",algorithm="rsa-sha256",signature="YQ=="`)
	f.Add("a=1 ,\tb = \"x, \\\"y\\\\\" ")
	f.Add(`a="`)
	f.Add(`a=b,A="c"`)
	f.Fuzz(func(t *testing.T, header string) {
		params, err := parseParams(header)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v, want ErrMalformed", err)
			}
			return
		}
		for name, value := range params {
			quoted := name + `="`
			for i := range len(value) {
				if value[i] == '"' || value[i] == '\\' {
					quoted += `\`
				}
				quoted += value[i : i+1]
			}
			again, err := parseParams(quoted + `"`)
			if err != nil || again[name] != value {
				t.Errorf("%s: got %q, %v, want %q", name, again[name], err, value)
			}
		}
	})
}

func FuzzDigest(f *testing.F) {
	f.Add("SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", "sha-512=:YQ==:")
	f.Add("md5=x,sha-512=YQ==, ,", "sha-256=1")
	f.Add("=", "sha-256=(:YQ==:), a;b=?1")
	f.Fuzz(func(t *testing.T, old, current string) {
		r := incoming()
		r.Header = http.Header{"Digest": {old}, "Content-Digest": {current}}
		s := &Signature{}
		err := s.readDigests(r, []string{"digest"})
		if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSignature) {
			t.Errorf("got %v, want ErrMalformed or ErrSignature", err)
		}
		if err == nil && len(s.digests) == 0 {
			t.Error("got no digest, want an error")
		}
	})
}

// A multikey has one spelling: what is read writes back the same.
func FuzzMultikey(f *testing.F) {
	f.Add("z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")
	f.Add(EncodeMultikey(make(ed25519.PublicKey, ed25519.PublicKeySize)))
	f.Add("zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169")
	f.Add("z1111")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseMultikey(text)
		if err != nil {
			return
		}
		if got := EncodeMultikey(key); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	})
}

func FuzzPublicKey(f *testing.F) {
	f.Add(cavageKey)
	f.Add(rfcKeyPSS)
	f.Add(rfcKeyEd25519)
	f.Add("-----BEGIN RSA PUBLIC KEY-----\nMAYCAQ8CAQM=\n-----END RSA PUBLIC KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParsePublicKey(text)
		if err != nil {
			return
		}
		written, err := EncodePublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParsePublicKey(written); err != nil {
			t.Errorf("got %v for what we wrote, want nil", err)
		}
	})
}
