package admin

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/session"
)

// passkeyAnswer is what passkey.js sends: the credential as WebAuthn writes it
// (§5.1, toJSON), beside the answers of the form.
type passkeyAnswer struct {
	Back       string          `json:"retour"`
	Name       string          `json:"name"`
	Credential json.RawMessage `json:"credential"`
}

func readPasskey(r *http.Request) (a passkeyAnswer, err error) {
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		return a, &reply.Error{Status: http.StatusBadRequest, Err: err}
	}
	return a, nil
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}

// done tells passkey.js where to go on.
type done struct {
	Location string `json:"location"`
}

// refuse answers what is wrong with a passkey: the script says so on the page.
func refuse(err error) error {
	if errors.Is(err, session.ErrCredentials) {
		return &reply.Error{Status: http.StatusForbidden, Err: err}
	}
	return err
}

// askPasskey is /connexion/cle/debut, showPasskey /connexion/cle/fin: signing in,
// the second factor, or a fresh proof.
func (p *Pages) askPasskey(w http.ResponseWriter, r *http.Request) error {
	options, err := p.Frame.Sessions.AskPasskey(r.Context())
	if err != nil {
		return refuse(err)
	}
	return writeJSON(w, options)
}

func (p *Pages) showPasskey(w http.ResponseWriter, r *http.Request) error {
	a, err := readPasskey(r)
	if err != nil {
		return err
	}
	if err := p.Frame.Sessions.ShowPasskey(r.Context(), a.Credential); err != nil {
		return refuse(err)
	}
	return writeJSON(w, done{assets.LangOf(r.Context()).Link(assets.LocalPath(a.Back))})
}

// askNewPasskey is /mon-compte/cle/debut, addPasskey /mon-compte/cle/fin.
func (p *Pages) askNewPasskey(w http.ResponseWriter, r *http.Request) error {
	options, err := p.Frame.Sessions.AskNewPasskey(r.Context())
	if err != nil {
		return refuse(err)
	}
	return writeJSON(w, options)
}

func (p *Pages) addPasskey(w http.ResponseWriter, r *http.Request) error {
	a, err := readPasskey(r)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(a.Name)
	if name == "" || len(name) > maxName {
		name = p.t(r, "passkey.unnamed")
	}
	if err := p.Frame.Sessions.AddPasskey(r.Context(), name, a.Credential); err != nil {
		return refuse(err)
	}
	p.Frame.Flash(r, "ok", "passkey.added")
	next, err := p.offerRecovery(r, afterFactor(a.Back))
	if err != nil {
		return err
	}
	return writeJSON(w, done{assets.LangOf(r.Context()).Link(next)})
}

// offerRecovery is where recovery codes are offered to who has none, before going back.
func (p *Pages) offerRecovery(r *http.Request, back string) (next string, err error) {
	_, account, _ := p.Frame.Sessions.Viewer(r.Context())
	next = back
	err = p.view(r, func(tx *store.Txn) error {
		if len(tx.Factors(account.ID).Recovery) == 0 {
			next = recoveryPath + "?" + url.Values{"retour": {back}}.Encode()
		}
		return nil
	})
	return next, err
}

// afterFactor is where the form of a new factor leads: back, or to the others.
func afterFactor(back string) string {
	if back == "" {
		return "/mon-compte/securite"
	}
	return assets.LocalPath(back)
}

// removePasskey is /mon-compte/cle/retirer.
func (p *Pages) removePasskey(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		id, err := hex.DecodeString(r.PostForm.Get("key"))
		if err != nil {
			return store.ErrNotFound
		}
		if err := p.removedWay(r, p.Frame.Sessions.RemovePasskey(r.Context(), id), "passkey.removed"); err != nil {
			return err
		}
	}
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}

// newPasskey is /mon-compte/cle: the form by which one is added.
func (p *Pages) newPasskey(w http.ResponseWriter, r *http.Request) error {
	return p.Frame.Render(w, r, http.StatusOK, "admin-passkey.html", passkeyPage{
		top:  p.plain(r, p.t(r, "passkey.add")),
		Back: afterFactor(r.FormValue("retour")),
		Fields: []assets.Field{{Name: "retour", Type: "hidden", Value: r.FormValue("retour")}, {
			Name: "name", Label: p.t(r, "passkey.name"), Hint: p.t(r, "passkey.name-hint"), MaxLength: maxName,
		}},
	})
}

// passkeyPage is "admin-passkey.html".
type passkeyPage struct {
	top
	Fields []assets.Field
	Back   string
}
