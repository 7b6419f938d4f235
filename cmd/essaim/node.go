package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/delivery"
	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/inbox"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
	"github.com/essaim/essaim/store/media"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/session"
)

// What lies in the data directory beside the configuration.
const (
	storeName = "essaim.db"
	mediaName = "media"
	indexName = "index" // of the search; a cache
)

// node is all of a node, in the order in which it is opened.
type node struct {
	nodeOptions
	engine   *bolt.DB
	store    *store.Store
	keys     *keyring.Ring
	fetch    *fetch.Client
	door     *federation.Node
	delivery *delivery.Worker
	rejects  *inbox.Rejects
	media    *media.Media
	sessions *session.Manager
	provider *openid.Provider // nil: members sign in here only
	search   *search.Index
	indexing indexing
	mail     *mail.Mailer                     // nil: there is no mail server
	probe    *doctor.Probe                    // nil: the node does not serve
	ailing   atomic.Pointer[[]doctor.Finding] // what the last examination found to be done; nil: none was made
	letters  *letters.Desk
	live     func(context.Context) error // what carries changes to the streams of apps; set by handler
}

// nodeOptions are what a node is opened with.
type nodeOptions struct {
	dir    string
	file   string // of the configuration; empty: the one in dir
	config Config
	log    *slog.Logger
	demo   bool // a node of essaim demo: it talks to this machine only
	shared int  // nodes of this process that share its file handles; 0 means 1
	// listener is an address that is open already; nil opens node.listen.
	listener net.Listener
}

// openNode opens the node of a data directory, and makes what is not there yet.
// It does not run; close it at the end.
func openNode(ctx context.Context, o nodeOptions) (*node, error) {
	n := &node{nodeOptions: o}
	err := n.openStore(ctx)
	if err == nil {
		err = n.connect()
	}
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

func (n *node) openStore(ctx context.Context) (err error) {
	if err := os.MkdirAll(n.dir, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	n.engine, err = bolt.Open(filepath.Join(n.dir, storeName), bolt.Options{
		Log: n.log, MaxSize: int64(n.config.Store.MaxSize), MinFree: minFree(n.config.Store.MinFree),
	})
	switch {
	case errors.Is(err, bolt.ErrDamaged):
		return fmt.Errorf("%w\nStop here and restore the data directory from a backup: nothing in it was changed", err)
	case errors.Is(err, bolt.ErrLocked):
		return fmt.Errorf("the node of %s is running already: %w", n.dir, err)
	case err != nil:
		return err
	}
	if err := n.beforeUpgrade(ctx); err != nil {
		return err
	}
	if n.store, err = store.Open(ctx, n.engine, nil); err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	return n.checkAddress(ctx)
}

// minFree is what the engine takes for "none" where the configuration says 0.
func minFree(s Size) int64 {
	if s == 0 {
		return -1
	}
	return int64(s)
}

// checkAddress refuses to run a store under another address than the one in all
// of its ids: others would take it for a forgery.
func (n *node) checkAddress(ctx context.Context) error {
	return n.store.View(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if errors.Is(err, store.ErrNotFound) {
			return nil // nothing was set up yet
		}
		if err != nil || store.SameOrigin(lab.IRI, n.config.Node.BaseURL) {
			return err
		}
		return fmt.Errorf("node.base_url is %s, and this store was set up as %s: an address can never change", n.config.Node.BaseURL, store.Origin(lab.IRI))
	})
}

// connect puts together what talks to other nodes.
func (n *node) connect() (err error) {
	words, err := assets.NewCatalog()
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	if err := n.openMail(); err != nil {
		return err
	}
	if err := n.openProvider(); err != nil {
		return err
	}
	c := n.config
	n.keys = keyring.Of(n.store)
	n.fetch = fetch.New(fetch.Config{
		UserAgent: "Essaim/" + version() + " (+" + c.Node.BaseURL + ")",
		AllowHTTP: c.Development.AllowHTTP, AllowNets: c.Development.AllowNets,
		Blocked: n.blocked, Paused: n.store.Paused, Signer: n.keys.NodeSigner(),
	})
	n.door = federation.New(federation.Config{
		Store: n.store, BaseURL: c.Node.BaseURL, Fetch: n.fetch, Keys: n.keys, Log: n.log, Lang: c.Node.Language,
		Words:  func(lang, key string, args ...any) string { return words.T(assets.Lang(lang), key, args...) },
		Render: func(text string) string { return markup.Ours(string(markup.Markdown(text))) },
		Admits: n.admits, FollowedOnly: c.Federation.Mode == modeFollowed, Refuses: n.engine.Refuses, Scale: c.Development.RetryScale, Jobs: n.jobs(words),
		Text:       search.Text,
		WatchLinks: c.Federation.CheckLinks && !n.demo, Discover: c.Federation.Discover, Software: "essaim " + version(),
		TellGuests: web.GuestLetters(n.mail, words),
		OpenForm:   federation.OpenForm{Closed: !c.OpenForm.Enabled, After: c.OpenForm.FederateAfter.Duration},
	})
	n.delivery = delivery.New(delivery.Config{
		Store: n.store, Keys: n.keys, Post: n.fetch, Log: n.log, Scale: c.Development.RetryScale,
		Concurrency: c.Delivery.Concurrency, Unhealthy: c.Delivery.Unhealthy, Resync: n.door.Resync,
	})
	n.rejects = inbox.NewRejects(n.store)
	n.sessions = session.New(n.store, session.Config{BaseURL: c.Node.BaseURL, Limit: c.Limits.SignIn, Idle: c.Retention.SignIns.Duration, Log: n.log})
	n.search = search.New(search.Config{Store: n.store, Dir: filepath.Join(n.dir, indexName), Plain: markup.Plain, Log: n.log})
	zone, err := time.LoadLocation(c.Node.TimeZone)
	if err != nil {
		return fmt.Errorf("node.time_zone: %w", err)
	}
	n.letters = letters.New(letters.Config{Store: n.store, Mail: n.mail, Words: words, BaseURL: c.Node.BaseURL, Zone: zone, Search: n.search})
	n.media, err = media.Open(filepath.Join(n.dir, mediaName), media.Options{MaxFile: int64(c.Media.MaxFile), Refuses: n.engine.Refuses})
	return err
}

// close releases everything, in the reverse order, and keeps what was written.
func (n *node) close() error {
	var errs []error
	if n.media != nil {
		errs = append(errs, n.media.Close())
	}
	if n.search != nil {
		errs = append(errs, n.search.Close())
	}
	if n.fetch != nil {
		n.fetch.Close()
	}
	if n.engine != nil {
		errs = append(errs, n.engine.Close())
	}
	return errors.Join(errs...)
}

// exists says whether there is a store in a data directory.
func exists(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, storeName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
