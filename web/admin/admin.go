// Package admin is the dialect for whoever has an account: signing in, the
// set-up of a new node, one's own account, and the administration of the lab.
//
// Private matters of an account go to web/session, what others may see of it to
// federation.Node.Publish. Who may open which page of the administration is
// store's to say (store.Role.May). No page needs JavaScript.
package admin

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Templates are the pages of this package, for assets.New.
var Templates = assets.Pages(templateFiles)

// Deliveries is the worker that posts to other nodes.
type Deliveries interface {
	Retry(host string) // tries a host now
}

// Rejected counts what inboxes did not take.
type Rejected interface {
	Recent(ctx context.Context) (store.Rejects, error) // in the last store.RejectDays
}

// Config is what Pages are made of.
type Config struct {
	Frame      *frame.Frame
	Node       *federation.Node
	Deliveries Deliveries
	Rejects    Rejected         // nil: it is not shown
	Mail       *mail.Mailer     // nil: no letters are sent
	Provider   *openid.Provider // nil: members sign in here only
	Letters    *letters.Desk
	// Development: the node relaxes what no node in production may; every page
	// of the administration says so.
	Development bool
	// Address is the network address that wrong passwords are counted by. Nil:
	// that of the connection.
	Address func(*http.Request) string
	// OpenFile opens a picture or a file by its name, for its owner to take along. Nil:
	// there are none.
	OpenFile func(name string) (fs.File, error)
	// Software asks a host what it runs. Nil: it is not asked.
	Software func(ctx context.Context, host string) string
	// Examine says how the node is; nil: there is no page of its health.
	Examine func(context.Context) []doctor.Finding
	// Ailing is what the last examination found to be done; nil: none is made.
	Ailing func() []doctor.Finding
	// Built is when the running version was written; zero: that is not known.
	Built time.Time
	// SourceURL is where newer versions are looked for; empty: nowhere.
	SourceURL string
	// Backups is where the node keeps its own; the zero Shelf: there is no page of them.
	Backups backup.Shelf
	// Fixed: the configuration says with whom the lab exchanges.
	Fixed bool
	// Settings is the configuration in effect, without its secrets.
	Settings []Setting
	// KeepJournal is how long the journal goes back; 0: the page does not say.
	KeepJournal time.Duration
	// AllowReset says whether the network of a request may ask for one more letter
	// to choose a new password. Nil: it may.
	AllowReset func(*http.Request) bool
}

// Pages answers at /connexion, /installation, /mon-compte and /admin. It is safe
// for concurrent use.
type Pages struct {
	Config
	setUp sync.Mutex // one set-up at a time
}

// New returns the pages of a node.
func New(c Config) *Pages {
	if c.Address == nil {
		c.Address = func(r *http.Request) string { return r.RemoteAddr }
	}
	if c.AllowReset == nil {
		c.AllowReset = func(*http.Request) bool { return true }
	}
	return &Pages{Config: c}
}

// maxForm is the most bytes of a form.
const maxForm = 64 << 10

// Routes mounts the pages. The language's prefix is off the path already.
func (p *Pages) Routes(r *mux.Router) {
	p.entryRoutes(r)
	p.member(r, "/mon-compte", p.account)
	p.member(r, "/mon-compte/securite", p.security)
	p.member(r, "/mon-compte/confirmer", p.prove)
	p.member(r, "/mon-compte/adresse", p.fresh(p.address))
	p.member(r, "/mon-compte/code", p.fresh(p.totp))
	p.member(r, "/mon-compte/code/retirer", p.fresh(p.removeTOTP))
	p.member(r, "/mon-compte/cle", p.fresh(p.newPasskey))
	p.member(r, "/mon-compte/cle/debut", p.fresh(p.askNewPasskey))
	p.member(r, "/mon-compte/cle/fin", p.fresh(p.addPasskey))
	p.member(r, "/mon-compte/cle/retirer", p.fresh(p.removePasskey))
	p.member(r, recoveryPath, p.fresh(p.recovery))
	p.member(r, "/mon-compte/mot-de-passe", p.fresh(p.password))
	p.member(r, "/mon-compte/cercles", p.myCircles)
	p.member(r, noticesPath, p.notices)
	p.member(r, letters.ChoicesPath, p.letterChoices)

	p.may(r, store.Moderate, "/admin", p.home)
	p.runs(r, "/admin/demandes", p.requests)
	p.runs(r, "/admin/livraisons", p.deliveries)
	p.runs(r, "/admin/livraisons/reessayer", p.retry)
	p.runs(r, "/admin/livraisons/abandonner", p.drop)
	p.runs(r, jobsPath, p.jobs)
	p.may(r, store.Invite, "/admin/membres", p.members)
	p.may(r, store.Invite, "/admin/membres/nouveau", p.fresh(p.invite))
	p.may(r, store.Invite, "/admin/membres/lien", p.fresh(p.renewLink))
	p.may(r, store.Invite, "/admin/membres/invitation", p.endInvitation)
	p.may(r, store.Appoint, "/admin/membres/role", p.appoint)
	p.may(r, store.Appoint, roleRulesPath, p.roleRules)
	p.may(r, store.Appoint, "/admin/membres/secours", p.dropFactors)
	p.runs(r, "/admin/cercles", p.circles)
	p.runs(r, "/admin/cercles/nouveau", p.newCircle)
	p.member(r, "/admin/cercles/{id:[0-9]+}", p.editCircle)
	p.runs(r, "/admin/cercles/{id:[0-9]+}/supprimer", p.deleteCircle)
	p.importRoutes(r)
	p.peerRoutes(r)
	p.runs(r, "/admin/lab", p.lab)
	p.runs(r, linksPath, p.links)
	p.runs(r, healthPath, p.health)
	p.runs(r, settingsPath, p.settings)
	p.backupRoutes(r)
	p.may(r, store.ReadJournal, journalPath, p.journal)
	p.may(r, store.ReadJournal, journalPath+".csv", p.exportJournal)
	p.welcomeRoutes(r)
	p.runs(r, statementsPath, p.statements)
	p.runs(r, charterPath, p.charter)
	p.runs(r, frontPath, p.front)
	p.runs(r, colourPath, p.colours)
	p.runs(r, themesPath, p.themes)
	p.may(r, store.BlockHosts, blocksPath, p.blocks)
	p.may(r, store.BlockHosts, blocksPath+".csv", p.exportBlocks)
	p.blocklistRoutes(r)
	p.may(r, store.Moderate, accountsPath, p.accounts)
	p.may(r, store.Moderate, reportsPath, p.reports)
	p.member(r, "/mon-compte/signalements", p.myReports)
	p.member(r, "/signaler", p.report)
	p.member(r, minePath, p.mine)
	p.member(r, minePath+".zip", p.fresh(p.exportMine))
	p.member(r, "/mon-compte/supprimer", p.fresh(p.leave))
	p.may(r, store.Moderate, "/admin/moderation", p.moderation)
	p.runs(r, "/admin/moderation/formulaire", p.switchForm)
}

// entryRoutes mount the pages by which people come in, and go.
func (p *Pages) entryRoutes(r *mux.Router) {
	both := []string{http.MethodGet, http.MethodHead, http.MethodPost}
	route.Handle(r, "/installation/{secret}", p.Frame.Always(limited(p.install))).Methods(both...)
	route.Handle(r, "/connexion", p.Frame.Handle(limited(p.signIn))).Methods(both...)
	route.Handle(r, "/connexion/code", p.Frame.Handle(limited(p.second))).Methods(both...)
	route.Handle(r, "/connexion/cle/debut", p.Frame.Handle(limited(p.askPasskey))).Methods(http.MethodPost)
	route.Handle(r, "/connexion/cle/fin", p.Frame.Handle(limited(p.showPasskey))).Methods(http.MethodPost)
	route.Handle(r, "/connexion/oubli", p.Frame.Handle(limited(p.forgotten))).Methods(both...)
	p.providerRoutes(r)
	route.Handle(r, "/connexion/{secret}", p.Frame.Handle(limited(p.signInByLink))).Methods(both...)
	route.Handle(r, "/deconnexion", p.Frame.Handle(limited(p.signOut))).Methods(http.MethodPost)
	route.Handle(r, "/invitation/{secret}", p.Frame.Handle(limited(p.join))).Methods(both...)
	route.Handle(r, "/adresse/{secret}", p.Frame.Handle(limited(p.confirmAddress))).Methods(both...)
}

// member mounts a page for everybody who is signed in. A visitor is sent to sign
// in and back.
func (p *Pages) member(r *mux.Router, path string, h reply.Handler) {
	route.Handle(r, path, p.Frame.Handle(limited(func(w http.ResponseWriter, r *http.Request) error {
		switch {
		case p.Frame.Viewer(r).Local:
			return h(w, r)
		case r.Method == http.MethodPost:
			return &reply.Error{Status: http.StatusUnauthorized}
		}
		return p.Frame.Redirect(w, r, "/connexion?"+url.Values{"retour": {r.URL.RequestURI()}}.Encode())
	}))).Methods(http.MethodGet, http.MethodHead, http.MethodPost)
}

// runs mounts a page for those who run the lab.
func (p *Pages) runs(r *mux.Router, path string, h reply.Handler) { p.may(r, store.RunLab, path, h) }

// may mounts a page for those who may do something. A grave act wants a fresh
// proof of who does it.
func (p *Pages) may(r *mux.Router, act store.Act, path string, h reply.Handler) {
	if act.Grave() {
		h = p.fresh(h)
	}
	p.member(r, path, func(w http.ResponseWriter, r *http.Request) error {
		if !p.Frame.Viewer(r).May(act) {
			return &reply.Error{Status: http.StatusForbidden}
		}
		return h(w, r)
	})
}

// limited reads the form of a POST, which has a limit.
func limited(h reply.Handler) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			if reply.Status(err) == http.StatusRequestEntityTooLarge {
				return err
			}
			return &reply.Error{Status: http.StatusBadRequest, Err: err}
		}
		return h(w, r)
	}
}

// t is a message in the request's language.
func (p *Pages) t(r *http.Request, key string, args ...any) string {
	return p.Frame.Renderer.T(r, key, args...)
}

// view reads the store.
func (p *Pages) view(r *http.Request, fn func(tx *store.Txn) error) error {
	return p.Node.Store.View(r.Context(), fn)
}

// change changes what is the node's own, and writes into the journal that whoever asks
// did it, in one transaction.
func (p *Pages) change(r *http.Request, line store.JournalEntry, do func(tx *store.Txn) error) error {
	return p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		if err := do(tx); err != nil {
			return err
		}
		tx.Note(line)
		return nil
	})
}

func isPost(r *http.Request) bool { return r.Method == http.MethodPost }
