package admin

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/route"
	"github.com/essaim/essaim/web/session"
)

// The errands on which people are sent to the OpenID provider.
const (
	toSignIn = "sign-in"
	toProve  = "prove"
	toLink   = "link"
	toJoin   = "join"
)

// The keys of the session for who is at the provider, and for whom it vouched since.
const (
	keyErrand  = "errand"
	keyVouched = "vouched"
)

const (
	startPath = "/connexion/fournisseur"
	provePath = "/mon-compte/confirmer/fournisseur"
	linkPath  = "/mon-compte/fournisseur"
)

// errand is what a browser's session holds while its owner is at the provider.
type errand struct {
	openid.Flow
	For     string      `json:"for"`
	Back    string      `json:"back"`
	Lang    assets.Lang `json:"lang"`
	Account store.ID    `json:"account,omitempty"` // who is signed in meanwhile; zero: nobody
}

// providerRoutes mount what needs a provider.
func (p *Pages) providerRoutes(r *mux.Router) {
	if p.Provider == nil {
		return
	}
	get := []string{http.MethodGet, http.MethodHead}
	route.Handle(r, startPath, p.Frame.Handle(p.leaveToSignIn)).Methods(get...)
	route.Handle(r, openid.ReturnPath, p.Frame.Handle(p.comeBack)).Methods(get...)
	route.Handle(r, newcomerPath, p.Frame.Handle(limited(p.newcomer))).Methods(append(get, http.MethodPost)...)
	route.Handle(r, "/invitation/{secret}/fournisseur", p.Frame.Handle(p.leaveToJoin)).Methods(get...)
	p.member(r, provePath, p.leaveToProve)
	p.member(r, linkPath, p.fresh(p.link))
	p.member(r, linkPath+"/lier", p.fresh(p.leaveToLink))
	p.member(r, linkPath+"/retirer", p.fresh(p.unlink))
}

// providerButton leads to the provider; nil: there is none.
func (p *Pages) providerButton(r *http.Request, path, back string) *providerButton {
	if p.Provider == nil {
		return nil
	}
	b := &providerButton{Link: assets.Link{Text: p.t(r, "provider.sign-in", "name", p.Provider.Name), Href: path}}
	if back != "" {
		b.Href += "?" + url.Values{"retour": {back}}.Encode()
	}
	if p.Provider.Preset == openid.ProConnect {
		b.Text = p.t(r, "provider.proconnect")
		b.About = assets.Link{Text: p.t(r, "provider.about-proconnect"), Href: "https://www.proconnect.gouv.fr/"}
	}
	return b
}

// providerButton is a button to the provider, and where it is explained.
type providerButton struct {
	assets.Link
	About assets.Link // without Href: nowhere
}

// leaveToSignIn is /connexion/fournisseur. "retour" is the path to go back to.
func (p *Pages) leaveToSignIn(w http.ResponseWriter, r *http.Request) error {
	back := assets.LocalPath(r.FormValue("retour"))
	if p.Frame.Viewer(r).Local {
		return p.Frame.Redirect(w, r, back)
	}
	return p.sendAway(w, r, errand{For: toSignIn, Back: back})
}

// leaveToProve is /mon-compte/confirmer/fournisseur.
func (p *Pages) leaveToProve(w http.ResponseWriter, r *http.Request) error {
	return p.sendAway(w, r, errand{For: toProve, Back: assets.LocalPath(r.FormValue("retour"))})
}

// sendAway sends a browser to the provider. Links of other sites lead no further than
// to our own page, so that nobody is sent without wanting it.
func (p *Pages) sendAway(w http.ResponseWriter, r *http.Request, e errand) error {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return p.Frame.Redirect(w, r, "/connexion")
	}
	appWindow(w, e.Back)
	flow, to, err := p.Provider.Begin(r.Context(), e.For == toProve)
	if err != nil {
		return p.providerFailed(w, r, err)
	}
	e.Flow, e.Lang = flow, assets.LangOf(r.Context())
	if l := p.Frame.Sessions.Login(r.Context()); l != nil {
		e.Account = l.Account
	}
	if err := p.keep(r, keyErrand, e); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// comeBack is where the provider sends people: whoever was not sent there from this
// browser is told so, and nobody is signed in.
func (p *Pages) comeBack(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	var e errand
	if !p.take(r, keyErrand, &e) {
		return p.providerFailed(w, r, openid.ErrState)
	}
	answer := r.URL.Query()
	r = r.Clone(assets.WithLang(r.Context(), e.Lang))
	r.URL.RawQuery = "" // no page repeats it
	appWindow(w, e.Back)
	forgive, err := p.Frame.Sessions.Count(p.Address(r))
	if limit, ok := errors.AsType[*session.Limited](err); ok {
		return p.tooMany(w, r, p.signInForm(r, e.Back), limit)
	}
	who, err := p.Provider.Finish(r.Context(), e.Flow, answer)
	if !errors.Is(err, openid.ErrAnswer) {
		forgive()
	}
	switch {
	case errors.Is(err, openid.ErrState): // perhaps somebody else's link: the errand goes on
		return errors.Join(p.keep(r, keyErrand, e), p.providerFailed(w, r, err))
	case err != nil:
		return p.providerFailed(w, r, err)
	}
	return p.vouchedFor(w, r, e, who)
}

// vouchedFor ends an errand.
func (p *Pages) vouchedFor(w http.ResponseWriter, r *http.Request, e errand, who *openid.Identity) error {
	account := store.ID(0)
	if l := p.Frame.Sessions.Login(r.Context()); l != nil {
		account = l.Account
	}
	if account != e.Account { // somebody signed in or out meanwhile
		return p.providerFailed(w, r, openid.ErrState)
	}
	switch e.For {
	case toSignIn:
		return p.signInVouched(w, r, e, who)
	case toProve:
		return p.proveVouched(w, r, e, vouched(who))
	}
	if err := p.keep(r, keyVouched, who); err != nil {
		return err
	}
	return p.Frame.Redirect(w, r, e.Back)
}

func (p *Pages) signInVouched(w http.ResponseWriter, r *http.Request, e errand, who *openid.Identity) error {
	err := p.Frame.Sessions.SignInByIdentity(r.Context(), vouched(who))
	switch {
	case errors.Is(err, session.ErrSecond):
		return p.askSecond(w, r, e.Back)
	case errors.Is(err, store.ErrNotFound):
		return p.newHere(w, r, e, who)
	case err != nil:
		return err
	}
	return p.Frame.Redirect(w, r, e.Back)
}

func (p *Pages) proveVouched(w http.ResponseWriter, r *http.Request, e errand, v session.Vouched) error {
	err := p.Frame.Sessions.ProveByIdentity(r.Context(), v)
	if errors.Is(err, session.ErrCredentials) {
		return p.Frame.Fail(w, r, http.StatusForbidden, "provider-other")
	}
	if err != nil {
		return err
	}
	return p.Frame.Redirect(w, r, e.Back)
}

// newHere is the answer to somebody who is let into no account: a rule may be for them,
// unless they have one that is closed, or one with their address.
func (p *Pages) newHere(w http.ResponseWriter, r *http.Request, e errand, who *openid.Identity) error {
	ruled := false
	err := p.view(r, func(tx *store.Txn) error {
		siret, email := who.Vouches()
		ruled = federation.RoleRuleOf(tx, siret, email) != nil && !tx.IsIdentity(who.Issuer, who.Subject) && !isKnown(tx, who)
		return nil
	})
	switch {
	case err != nil:
		return err
	case ruled:
		return p.askNewcomer(w, r, who, e.Back)
	}
	return p.unknown(w, r, who)
}

// isKnown says whether somebody has the address here that the provider vouches for.
func isKnown(tx *store.Txn, who *openid.Identity) bool {
	_, err := tx.AccountByEmail(who.Email)
	return err == nil && who.Verified
}

// unknown is the answer to somebody whom no account is linked to. An address that
// somebody has here does not let in: who has the account links it.
func (p *Pages) unknown(w http.ResponseWriter, r *http.Request, who *openid.Identity) error {
	known := false
	err := p.view(r, func(tx *store.Txn) error {
		known = isKnown(tx, who)
		return nil
	})
	if err != nil {
		return err
	}
	page := providerPage{
		top: p.plain(r, p.t(r, "provider.unknown")), Lead: p.t(r, "provider.unknown-text", "label", label(who), "name", p.Provider.Name),
		Links: []assets.Link{{Text: p.t(r, "failure.home"), Href: "/"}},
	}
	if known {
		page.Title, page.Lead = p.t(r, "provider.known"), p.t(r, "provider.known-text", "address", who.Email, "name", p.Provider.Name)
		to := "/connexion?" + url.Values{"retour": {linkPath}}.Encode()
		page.Links = append([]assets.Link{{Text: p.t(r, "provider.known-button"), Href: to}}, page.Links...)
	}
	return p.Frame.Render(w, r, http.StatusForbidden, "admin-provider.html", page)
}

// providerPage is "admin-provider.html": what is known now, and where to go on.
type providerPage struct {
	top
	Lead  string
	Links []assets.Link
}

// label is how people know their own identity again.
func label(who *openid.Identity) string {
	name := strings.TrimSpace(who.Name)
	switch {
	case name == "":
		name = who.Email
	case who.Email != "":
		name += " (" + who.Email + ")"
	}
	if name == "" {
		name = who.Subject
	}
	const most = 200
	return string([]rune(name)[:min(len([]rune(name)), most)])
}

// providerFailures are the pages of what goes wrong at the provider.
var providerFailures = []struct {
	err    error
	status int
	key    string
}{
	{openid.ErrDenied, http.StatusForbidden, "provider-denied"},
	{openid.ErrState, http.StatusBadRequest, "provider-state"},
	{openid.ErrStale, http.StatusForbidden, "provider-stale"},
	{openid.ErrUnreachable, http.StatusServiceUnavailable, "provider-unreachable"},
	{openid.ErrAnswer, http.StatusBadGateway, "provider-answer"},
}

func (p *Pages) providerFailed(w http.ResponseWriter, r *http.Request, err error) error {
	for _, f := range providerFailures {
		if !errors.Is(err, f.err) {
			continue
		}
		if f.status >= http.StatusInternalServerError {
			p.Frame.Log.WarnContext(r.Context(), "sign-in by another service", "status", f.status, "err", err)
		}
		if f.status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "10")
		}
		return p.Frame.Fail(w, r, f.status, f.key)
	}
	return err
}

// keep puts something into the session; take takes it out, once.
func (p *Pages) keep(r *http.Request, key string, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		p.Frame.Sessions.Put(r.Context(), key, string(text))
	}
	return err
}

func (p *Pages) take(r *http.Request, key string, v any) bool {
	return json.Unmarshal([]byte(p.Frame.Sessions.Pop(r.Context(), key)), v) == nil
}

// appWindow lets a page be in the window that an app on the web opened, which waits
// for how it ends.
func appWindow(w http.ResponseWriter, back string) {
	if strings.HasPrefix(back, "/oauth/authorize?") {
		w.Header().Set("Cross-Origin-Opener-Policy", "unsafe-none")
	}
}
