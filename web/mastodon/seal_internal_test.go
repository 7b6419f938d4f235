package mastodon

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// RFC 8291, appendix A.
func TestSealIsThatOfTheRFC(t *testing.T) {
	key, err := decode64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := ecdh.P256().NewPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	salt, err := decode64("DGv6ra1nlYgDCS1FRnbzlw")
	if err != nil {
		t.Fatal(err)
	}
	to := &store.Push{
		Key:  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
		Auth: "BTBZMqHH6r4Tts7J_aSIgg",
	}
	got, err := sealWith(to, []byte("When I grow up, I want to be a watermelon"), ours, salt)
	if err != nil {
		t.Fatal(err)
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if base64.RawURLEncoding.EncodeToString(got) != want {
		t.Errorf("got %s", base64.RawURLEncoding.EncodeToString(got))
	}
}

func TestKeysOfPushesAreChecked(t *testing.T) {
	good := store.Push{
		Key:  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
		Auth: "BTBZMqHH6r4Tts7J_aSIgg==",
	}
	for _, bad := range []store.Push{{Key: "x", Auth: good.Auth}, {Key: good.Key, Auth: "BTBZ"}, {Key: good.Key[:80], Auth: good.Auth}, {}} {
		if _, err := seal(&bad, nil); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if _, err := seal(&good, nil); err != nil {
		t.Error(err)
	}
}

func TestNodeSignsItsPushes(t *testing.T) {
	n := webtest.New(t)
	keys := (&API{Config: Config{Node: n.Node}}).vapidKeys()
	if again := (&API{Config: Config{Node: n.Node}}).vapidKeys(); again.public != keys.public {
		t.Error("the node has other keys after a restart")
	}
	header := keys.authorization("https://node.example", "https://push.example/abc", time.Unix(1_000_000, 0))
	token, k, _ := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	parts := strings.Split(token, ".")
	point, err := decode64(k)
	if err != nil || len(parts) != 3 || len(point) != 65 || k != keys.public {
		t.Fatalf("got %s", header)
	}
	signature, err := decode64(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(&keys.private.PublicKey, digest[:], r, s) {
		t.Error("the signature does not verify")
	}
	body, err := decode64(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Aud string `json:"aud"`
		Exp int64  `json:"exp"`
	}
	if err := json.Unmarshal(body, &claims); err != nil || claims.Aud != "https://push.example" || claims.Exp != 1_000_000+12*3600 {
		t.Errorf("got %+v, %v", claims, err)
	}
}
