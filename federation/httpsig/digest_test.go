package httpsig

import (
	"encoding/base64"
	"fmt"
	"testing"
)

func TestS40DigestAlgorithms(t *testing.T) {
	sha256Sum := base64.StdEncoding.EncodeToString(sum("sha-256", []byte(note)))
	sha512Sum := base64.StdEncoding.EncodeToString(sum("sha-512", []byte(note)))
	for _, tt := range []struct {
		name, digest string
		want         error
	}{
		{"lower case", "sha-256=" + sha256Sum, nil},
		{"mixed case", "Sha-256=" + sha256Sum, nil},
		{"sha-512", "SHA-512=" + sha512Sum, nil},
		{"both, spaced", "SHA-512=" + sha512Sum + " , SHA-256=" + sha256Sum, nil},
		{"known beside unknown", "unixsum=30637, SHA-256=" + sha256Sum + ",", nil},
		{"unknown only", "MD5=HUXZLQLMuI/KZ5KDcJPcOA==", ErrSignature},
		{"empty", "", ErrSignature},
		{"no value", "SHA-256", ErrMalformed},
		{"not base64", "SHA-256=?", ErrMalformed},
		{"too short", "SHA-256=YQ==", ErrSignature},
		{"hexadecimal", fmt.Sprintf("SHA-256=%x", sum("sha-256", []byte(note))), ErrSignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := incoming()
			r.Header.Set("Digest", tt.digest)
			err := check(cavage{headers: covered}.sign(t, r), note, rsaKey().Public())
			if tt.want == nil && err != nil {
				t.Errorf("got %v, want nil", err)
			}
			if tt.want != nil {
				wantError(t, err, tt.want, "")
			}
		})
	}
}

func TestS40ContentDigestMayStandForDigest(t *testing.T) {
	r := incoming()
	r.Header.Del("Digest")
	r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum("sha-256", []byte(note)))+":")
	r = cavage{headers: "(request-target) host date content-digest"}.sign(t, r)
	if err := check(r, note, rsaKey().Public()); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}
