package activitypub

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation/nodeinfo"
	"github.com/essaim/essaim/federation/webfinger"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
)

// webfinger says which actor a handle or an address of this node stands for.
func (d *dialect) webfinger(w http.ResponseWriter, r *http.Request) error {
	resource := r.URL.Query().Get("resource")
	doc, err := d.cache.get("webfinger/"+resource, func() (*document, error) { return d.describe(r, resource) })
	switch {
	case errors.Is(err, webfinger.ErrInvalid):
		return &reply.Error{Status: http.StatusBadRequest, Detail: "resource must be an acct: or http address", Err: err}
	case errors.Is(err, webfinger.ErrForeign):
		return &reply.Error{Status: http.StatusNotFound, Detail: "not of this server", Err: err}
	case err != nil:
		return err
	}
	return doc.write(w, r, http.StatusOK)
}

func (d *dialect) describe(r *http.Request, resource string) (*document, error) {
	own := func(host string) bool { return host == d.Node.Host() }
	address, err := webfinger.ParseResource(resource, own)
	if err != nil {
		return nil, err
	}
	var j *webfinger.JRD
	err = d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		j, err = d.jrd(tx, address)
		return err
	})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(j)
	return newDocument(body, webfinger.MediaType, longCache), err
}

func (d *dialect) jrd(tx *store.Txn, address webfinger.Address) (*webfinger.JRD, error) {
	base := d.Node.BaseURL
	if address.URL == base || address.URL == base+"/" {
		lab, err := tx.Lab()
		if err != nil {
			return nil, err
		}
		return webfinger.BuildSite(base, base+"/actor", lab.IRI), nil
	}
	a, err := d.described(tx, address)
	if err != nil {
		return nil, err
	}
	if !a.Deleted.IsZero() {
		return nil, store.ErrGone
	}
	p := webfinger.Profile{User: a.Handle, Host: a.Host, Actor: a.IRI, Page: a.Page(), BaseURL: base}
	if a.Icon != nil {
		p.Avatar, p.AvatarType = a.Icon.URL, a.Icon.MediaType
	}
	return webfinger.Build(p), nil
}

// described finds the actor of this node that an address means: by handle, by
// id, or by its page.
func (d *dialect) described(tx *store.Txn, address webfinger.Address) (*store.Actor, error) {
	if address.User != "" {
		a, err := tx.ActorByHandle(address.User, d.Node.Host())
		if err == nil && !a.Local {
			err = store.ErrNotFound
		}
		return a, err
	}
	if a, err := tx.ActorByIRI(address.URL); err == nil && a.Local {
		return a, nil
	}
	if strings.TrimPrefix(address.URL, d.Node.BaseURL) == "/lab" {
		return tx.Lab()
	}
	for a := range tx.LocalActors() {
		if a.URL == address.URL {
			return a, nil
		}
	}
	return nil, store.ErrNotFound
}

func (d *dialect) hostMeta(w http.ResponseWriter, r *http.Request) error {
	body, err := webfinger.HostMeta(d.Node.BaseURL)
	if err != nil {
		return err
	}
	return newDocument(body, webfinger.HostMetaType, longCache).write(w, r, http.StatusOK)
}

func (d *dialect) hostMetaJSON(w http.ResponseWriter, r *http.Request) error {
	body, err := webfinger.HostMetaJSON(d.Node.BaseURL)
	if err != nil {
		return err
	}
	return newDocument(body, "application/json", longCache).write(w, r, http.StatusOK)
}

func (d *dialect) nodeInfoLinks(w http.ResponseWriter, r *http.Request) error {
	body, err := nodeinfo.WellKnown(d.Node.BaseURL, d.Node.BaseURL+"/actor")
	if err != nil {
		return err
	}
	return newDocument(body, "application/json", longCache).write(w, r, http.StatusOK)
}

func (d *dialect) nodeInfo(w http.ResponseWriter, r *http.Request) error {
	info := nodeinfo.Info{Version: d.Version, Language: []string{d.Node.Lang}}
	err := d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		c := tx.Count()
		info.Name, info.Description = lab.Name, lab.Summary
		info.Usage = nodeinfo.Usage{Users: &c.Members, Posts: &c.Records}
		info.Essaim.Lab = lab.IRI
		return nil
	})
	if err != nil {
		return err
	}
	body, err := nodeinfo.Document(nodeinfo.Schema(mux.Vars(r)["version"]), info)
	if err != nil {
		return err
	}
	return newDocument(body, "application/json", shortCache).write(w, r, http.StatusOK)
}
