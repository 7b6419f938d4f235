package page

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// A stamp goes out with a form for people without an account and comes back with
// the answers: it proves that this node showed the form, which one, and when. It
// is made of the moment, a random number, and an HMAC-SHA-256 of both; it holds
// nothing about the person.
//
// What is written with a stamp is opened by a secret that follows from it, so a
// form that is sent twice is one contribution, with one edit link.
const (
	stampName = "stamp"
	stampSize = 8 + 16 + 16
	minFill   = 3 * time.Second // nobody is quicker
	maxFill   = 12 * time.Hour  // then the form has to be shown again
)

const secretName = "forms"

// newStamp makes a stamp for a form as of now.
func (p *Pages) newStamp(ctx context.Context, form string) (string, error) {
	key, err := p.Node.Store.Secret(ctx, secretName)
	if err != nil {
		return "", err
	}
	return makeStamp(key, form, p.Node.Store.Now()), nil
}

func makeStamp(key []byte, form string, at time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	b = append(b, make([]byte, 16)...)
	rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b, stampMark(key, form, b)...))
}

// stampMark is what only this node can add to a stamp.
func stampMark(key []byte, form string, b []byte) []byte { return sign(key, "stamp "+form, b)[:16] }

func sign(key []byte, purpose string, b []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(purpose + "\x00"))
	mac.Write(b)
	return mac.Sum(nil)
}

// checkStamp says what is wrong with the stamp that came with the answers of a
// form; nil: nothing.
func checkStamp(key []byte, form, stamp string, now time.Time) *store.FieldError {
	b, err := base64.RawURLEncoding.DecodeString(stamp)
	if err != nil || len(b) != stampSize || !hmac.Equal(b[24:], stampMark(key, form, b[:24])) {
		return &store.FieldError{Reason: "error.stamp"}
	}
	switch age := now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(b)))); {
	case age < 0, age > maxFill:
		return &store.FieldError{Reason: "error.stamp"}
	case age < minFill:
		return &store.FieldError{Reason: "error.too-fast"}
	}
	return nil
}

// secretOf is the secret of the edit link of what is written with a stamp.
func secretOf(key []byte, stamp string) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sign(key, "edit link", []byte(stamp))[:20])
}

// stamped says what is wrong with the stamp of a form that was sent. The stamp
// that the form is shown with again is returned: a new one when this one is worth
// nothing.
func (a *ask) stamped(form string) (stamp string, wrong store.FieldErrors, err error) {
	key, err := a.Node.Store.Secret(a.r.Context(), secretName)
	if err != nil {
		return "", nil, err
	}
	stamp = a.r.PostForm.Get(stampName)
	bad := checkStamp(key, form, stamp, a.Node.Store.Now())
	switch {
	case bad == nil:
		return stamp, nil, nil
	case bad.Reason == "error.stamp":
		stamp = makeStamp(key, form, a.Node.Store.Now())
	}
	return stamp, store.FieldErrors{bad}, nil
}

// trapName is the name of a question that people do not see and robots answer.
const trapName = "website"

// trapped says whether a robot filled the form.
func trapped(r *http.Request) bool { return r.PostForm.Get(trapName) != "" }

// thank answers a robot as if it had been believed.
func (a *ask) thank(w http.ResponseWriter) error {
	return a.redirect(w, http.StatusSeeOther, "/contribuer/merci")
}

// thanks is /contribuer/merci.
func (p *Pages) thanks(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := openPage{Page: a.page(a.t("contribute.thanks"), "contribute"), Lead: a.t("contribute.thanks-lead")}
	d.NoIndex, d.Links = true, []assets.Link{a.link("contribute.title", "/contribuer")}
	return p.Frame.Render(w, r, http.StatusOK, "open.html", d)
}
