package httpsig

import (
	"bufio"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"
	remitly "github.com/remitly-oss/httpsig-go"
)

// The request of draft-cavage-12 appendix C, which RFC 9421 appendix B varies.
const cavageRequest = "POST /foo?param=value&pet=dog HTTP/1.1\r\nHost: example.com\r\n" +
	"Date: Sun, 05 Jan 2014 21:31:40 GMT\r\nContent-Type: application/json\r\n" +
	"Digest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\r\nContent-Length: 18\r\n\r\n{\"hello\": \"world\"}"

// The draft's key has 1024 bits, so its vectors go past Parse and Verify, which
// refuse such keys and such coverage, to what these are made of.
const cavageKey = `-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----`

func TestCavageVectors(t *testing.T) {
	for _, tt := range []struct{ name, headers, signature string }{
		{"C.1 default", "date", "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM="},
		{"C.2 basic", "(request-target) host date", "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="},
		{"C.3 all headers", "(request-target) host date content-type digest content-length", "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readRequest(t, cavageRequest)
			params, err := parseParams(`keyId="Test",algorithm="rsa-sha256",headers="` + tt.headers + `",signature="` + tt.signature + `"`)
			if err != nil {
				t.Fatal(err)
			}
			bases, err := cavageBases(r, params, strings.Fields(params["headers"]))
			if err != nil {
				t.Fatal(err)
			}
			if !verifies(t, cavageKey, "rsa-sha256", bases[0], params["signature"]) {
				t.Errorf("the vector does not verify over %q", bases[0])
			}
		})
	}
}

func TestCavageVectorDigest(t *testing.T) {
	s := &Signature{}
	if err := s.readDigests(readRequest(t, cavageRequest), []string{"digest"}); err != nil {
		t.Fatal(err)
	}
	if err := s.VerifyBody([]byte(`{"hello": "world"}`)); err != nil {
		t.Error(err)
	}
}

// RFC 9421 appendix B.2: test-request.
const rfcRequest = "POST /foo?param=Value&Pet=dog HTTP/1.1\r\nHost: example.com\r\n" +
	"Date: Tue, 20 Apr 2021 02:07:55 GMT\r\nContent-Type: application/json\r\n" +
	"Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\r\n" +
	"Content-Length: 18\r\n\r\n{\"hello\": \"world\"}"

// RFC 9421 appendix B.1: test-key-rsa-pss and test-key-ed25519.
const rfcKeyPSS = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----`

const rfcKeyEd25519 = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----`

var rfcVectors = []struct {
	name, key, algorithm, label, input, signature string
}{
	{
		"B.2.1 minimal", rfcKeyPSS, "rsa-pss-sha512", "sig-b21",
		`();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"`,
		"d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==",
	},
	{
		"B.2.3 full", rfcKeyPSS, "rsa-pss-sha512", "sig-b23",
		`("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"`,
		"bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==",
	},
	{
		"B.2.6 ed25519", rfcKeyEd25519, "ed25519", "sig-b26",
		`("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`,
		"wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
	},
}

func TestRFC9421Vectors(t *testing.T) {
	for _, tt := range rfcVectors {
		t.Run(tt.name, func(t *testing.T) {
			r := readRequest(t, rfcRequest)
			r.Header.Set("Signature-Input", tt.label+"="+tt.input)
			base, err := baseOf(r, tt.label)
			if err != nil {
				t.Fatal(err)
			}
			if !verifies(t, tt.key, tt.algorithm, base, tt.signature) {
				t.Errorf("the vector does not verify over\n%s", base)
			}
		})
	}
}

// B.2.2 covers a query parameter, which no server does, and B.2.5 is an HMAC.
func TestRFC9421VectorsOutsideOurPolicy(t *testing.T) {
	r := readRequest(t, rfcRequest)
	r.Header.Set("Signature-Input", `sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"`)
	_, err := baseOf(r, "sig-b22")
	wantError(t, err, ErrSignature, "@query-param")
}

func TestRFC9421VectorDigest(t *testing.T) {
	s := &Signature{Scheme: RFC9421}
	if err := s.readDigests(readRequest(t, rfcRequest), []string{"content-digest"}); err != nil {
		t.Fatal(err)
	}
	if err := s.VerifyBody([]byte(`{"hello": "world"}`)); err != nil {
		t.Error(err)
	}
}

// RFC 9421 §2.2 shows these values for each derived component.
func TestDerivedComponents(t *testing.T) {
	r := readRequest(t, "POST /path?param=value HTTP/1.1\r\nHost: www.Example.com:443\r\nContent-Length: 0\r\n\r\n")
	for name, want := range map[string]string{
		"@method": "POST", "@target-uri": "https://www.example.com/path?param=value", "@authority": "www.example.com",
		"@scheme": "https", "@request-target": "/path?param=value", "@path": "/path", "@query": "?param=value",
	} {
		if got, ok := component(r, "https", name); got != want || !ok {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestFieldsOfSeveralLinesAreJoined(t *testing.T) {
	r := readRequest(t, "GET / HTTP/1.1\r\nHost: h\r\nX-A:  one \r\nX-A: two\r\n\r\n")
	if got, _ := fieldValue(r, "x-a"); got != "one, two" {
		t.Errorf("got %q, want %q", got, "one, two")
	}
}

// remitly-oss/httpsig-go, an implementation by others, and ours read each other.
// It takes the target from URL.RawPath and the scheme from TLS, so both are set.
func TestRemitlyVerifiesOurs(t *testing.T) {
	for algorithm, key := range remitlyKeys() {
		if algorithm == remitly.Algo_RSA_PSS_SHA512 {
			continue // we verify it, but never send it
		}
		r := outgoing(t, http.MethodPost, origin+"/inbox", note)
		if err := (Signer{keyID, key}).Sign(r, []byte(note), RFC9421, now); err != nil {
			t.Fatal(err)
		}
		r.URL.RawPath, r.TLS = r.URL.Path, &tls.ConnectionState{}
		keys := remitlyFetcher{remitly.KeySpec{KeyID: keyID, Algo: algorithm, PubKey: key.Public()}}
		profile := remitly.VerifyProfile{
			SignatureLabel: label, DisableTimeEnforcement: true,
			RequiredFields: remitly.Fields("@method", "@target-uri", "content-digest"),
		}
		if _, err := remitly.Verify(r, keys, profile); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
}

func TestWeVerifyRemitlys(t *testing.T) {
	for algorithm, key := range remitlyKeys() {
		r := outgoing(t, http.MethodPost, origin+"/inbox", note)
		r.URL.RawPath, r.TLS = r.URL.Path, &tls.ConnectionState{}
		profile := remitly.SigningProfile{
			Algorithm: algorithm, Fields: remitly.Fields("@method", "@target-uri", "content-digest", "content-type"),
			Metadata: []remitly.Metadata{remitly.MetaCreated, remitly.MetaKeyID, remitly.MetaAlgorithm, remitly.MetaNonce},
		}
		if err := remitly.Sign(r, profile, remitly.SigningKey{Key: key, MetaKeyID: keyID}); err != nil {
			t.Fatal(err)
		}
		if err := checkAt(policy, arrive(r), note, key.Public(), time.Now()); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
}

func readRequest(t *testing.T, text string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verifies(t *testing.T, key, algorithm, base, signature string) bool {
	t.Helper()
	block, _ := pem.Decode([]byte(key))
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	value, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	return verify(parsed, algorithm, []byte(base), value)
}

// baseOf is the base of the signature called label, whatever the policy says of it.
func baseOf(r *http.Request, label string) (string, error) {
	inputs, err := signatureDictionary(r.Header, "Signature-Input")
	if err != nil {
		return "", err
	}
	member, _ := inputs.Get(label)
	input := member.(httpsfv.InnerList)
	covered, err := components(input)
	if err != nil {
		return "", err
	}
	return signatureBase(r, "https", input, covered)
}

func remitlyKeys() map[remitly.Algorithm]crypto.Signer {
	return map[remitly.Algorithm]crypto.Signer{
		remitly.Algo_RSA_v1_5_sha256: rsaKey(),
		remitly.Algo_RSA_PSS_SHA512:  rsaKey(),
		remitly.Algo_ED25519:         edKey(),
	}
}

type remitlyFetcher struct{ spec remitly.KeySpec }

func (f remitlyFetcher) FetchByKeyID(context.Context, http.Header, string) (remitly.KeySpecer, error) {
	return f.spec, nil
}

func (f remitlyFetcher) Fetch(context.Context, http.Header, remitly.MetadataProvider) (remitly.KeySpecer, error) {
	return f.spec, nil
}
