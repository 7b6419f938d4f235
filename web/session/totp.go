package session

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 with what every app of codes speaks; HMAC-SHA1 is not broken
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

const (
	totpStep   = 30 * time.Second
	totpDigits = 1_000_000
	totpDrift  = 1 // steps that a clock may be off
)

var unpadded = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTPSecret is a secret to share with an app of codes, 160 bits (RFC 4226 §4).
func NewTOTPSecret() []byte {
	secret := make([]byte, sha1.Size)
	_, _ = rand.Read(secret) // never fails
	return secret
}

// TOTPText is a secret as people type it.
func TOTPText(secret []byte) string { return unpadded.EncodeToString(secret) }

// TOTPAddress is what an app of codes reads from a picture.
func TOTPAddress(secret []byte, site, account string) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + site + ":" + account}
	u.RawQuery = url.Values{"secret": {TOTPText(secret)}, "issuer": {site}}.Encode()
	return u.String()
}

// totpCode is the code of a step (RFC 6238 §4, RFC 4226 §5.3).
func totpCode(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash takes everything
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%totpDigits)
}

// checkTOTP returns the step that a code is of, if it is right now and newer than
// the last one that was used: a code works once (RFC 6238 §5.2).
func checkTOTP(secret []byte, code string, last int64, now time.Time) (step int64, ok bool) {
	current := now.Unix() / int64(totpStep/time.Second)
	for s := max(current-totpDrift, last+1); s <= current+totpDrift; s++ {
		if subtle.ConstantTimeCompare([]byte(totpCode(secret, s)), []byte(code)) == 1 {
			return s, true
		}
	}
	return 0, false
}
