package httpsig

import (
	"crypto"
	"net/http"
	"testing"
)

func BenchmarkSignRSA(b *testing.B)     { benchmarkSign(b, rsaKey()) }
func BenchmarkSignEd25519(b *testing.B) { benchmarkSign(b, edKey()) }

func benchmarkSign(b *testing.B, key crypto.Signer) {
	s := Signer{keyID, key}
	r := outgoing(b, http.MethodPost, origin+"/inbox", note)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Sign(r, []byte(note), Cavage, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyRSA(b *testing.B)     { benchmarkVerify(b, rsaKey()) }
func BenchmarkVerifyEd25519(b *testing.B) { benchmarkVerify(b, edKey()) }

func benchmarkVerify(b *testing.B, key crypto.Signer) {
	s, err := policy.Parse(signed(b, Cavage, key), now)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.VerifyBody([]byte(note)); err != nil {
			b.Fatal(err)
		}
		if err := s.Verify(key.Public()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCavage(b *testing.B)  { benchmarkParse(b, Cavage) }
func BenchmarkParseRFC9421(b *testing.B) { benchmarkParse(b, RFC9421) }

func benchmarkParse(b *testing.B, scheme Scheme) {
	r := signed(b, scheme, rsaKey())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Parse(r, now); err != nil {
			b.Fatal(err)
		}
	}
}
