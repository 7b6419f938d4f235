package mastodon

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
)

const (
	authLength = 16   // bytes of an app's secret (RFC 8291 §3.2)
	recordSize = 4096 // RFC 8188 §2
)

var errPushKeys = errors.New("not the keys of a push subscription")

// seal encrypts a message for an app (RFC 8291, one record of aes128gcm).
func seal(p *store.Push, plain []byte) ([]byte, error) {
	ours, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	return sealWith(p, plain, ours, salt)
}

func sealWith(p *store.Push, plain []byte, ours *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	point, err := decode64(p.Key)
	if err != nil {
		return nil, errPushKeys
	}
	theirs, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, errPushKeys
	}
	auth, err := decode64(p.Auth)
	if err != nil || len(auth) != authLength {
		return nil, errPushKeys
	}
	shared, err := ours.ECDH(theirs)
	if err != nil {
		return nil, errPushKeys
	}
	public := ours.PublicKey().Bytes()
	ikm, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(point)+string(public), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	head := binary.BigEndian.AppendUint32(append([]byte(nil), salt...), recordSize)
	head = append(append(head, byte(len(public))), public...)
	return encrypt(head, key, nonce, append(append([]byte(nil), plain...), 2)) // 2: the last record
}

func encrypt(head, key, nonce, plain []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gcm.Seal(head, nonce, plain, nil), nil
}

// vapidKeys say to push services who sends (RFC 8292). The node makes them once.
type vapidKeys struct {
	private *ecdsa.PrivateKey
	public  string // uncompressed point, base64url
}

const vapidSetting = "vapid"

// vapidKeys reads the node's keys, or makes them.
func (d *API) vapidKeys() vapidKeys {
	fresh, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // no randomness: nothing is safe any more
	}
	key := fresh
	err = d.Node.Store.Update(context.Background(), func(tx *store.Txn) error {
		key = fresh
		if kept := tx.Setting(vapidSetting); kept != nil {
			key, err = x509.ParseECPrivateKey(kept)
			return err
		}
		der, err := x509.MarshalECPrivateKey(fresh)
		if err == nil {
			tx.PutSetting(vapidSetting, der)
		}
		return err
	})
	if err != nil {
		d.Log.Warn("keys of pushes are not kept", "err", err)
		key = fresh
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		panic(err) // a key of our own
	}
	return vapidKeys{key, base64.RawURLEncoding.EncodeToString(point)}
}

const vapidLife = 12 * time.Hour // RFC 8292 §2: at most a day

// authorization is the header of a request to a push service (RFC 8292 §3).
func (k vapidKeys) authorization(subject, endpoint string, now time.Time) string {
	claims := map[string]any{"aud": store.Origin(endpoint), "exp": now.Add(vapidLife).Unix(), "sub": subject}
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err) // claims of our own
	}
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + enc.EncodeToString(body)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		panic(err) // a key of our own
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return "vapid t=" + signed + "." + enc.EncodeToString(sig) + ", k=" + k.public
}
