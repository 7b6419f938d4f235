package oauth

import (
	"net/http"
	"net/url"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

// appsPage is the page "oauth-apps.html".
type appsPage struct {
	assets.Page
	Lead  string
	Apps  []grantedApp
	Empty *assets.Empty
}

type grantedApp struct {
	ID, Name, Website string
	Since             time.Time
	Points            []string
}

// apps is /mon-compte/applications: which apps act for the member, each with a
// button that ends it.
func (s *Server) apps(w http.ResponseWriter, r *http.Request) error {
	_, account, _ := s.Sessions.Viewer(r.Context())
	switch {
	case account == nil && r.Method == http.MethodPost:
		return &reply.Error{Status: http.StatusUnauthorized}
	case account == nil:
		return s.Frame.Redirect(w, r, "/connexion?"+url.Values{"retour": {r.URL.RequestURI()}}.Encode())
	case r.Method == http.MethodPost:
		return s.endApp(w, r, account)
	}
	t := func(key string, args ...any) string { return s.Frame.Renderer.T(r, key, args...) }
	page := appsPage{Page: s.Frame.Page(r, t("apps.title")), Lead: t("apps.lead")}
	page.NoIndex, page.Section = true, "account"
	err := s.Store.View(r.Context(), func(tx *store.Txn) error {
		page.Apps = nil
		for app, token := range tx.Grants(account.ID) {
			g := grantedApp{ID: app.ID, Name: app.Name, Website: app.Website, Since: token.Created}
			for _, key := range pointsOf(token.Scopes) {
				g.Points = append(g.Points, t("consent.point."+key))
			}
			page.Apps = append(page.Apps, g)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(page.Apps) == 0 {
		page.Empty = &assets.Empty{Title: t("apps.empty-title"), Text: t("apps.empty-text", "Address", s.BaseURL)}
	}
	return s.Frame.Render(w, r, http.StatusOK, "oauth-apps.html", page)
}

func (s *Server) endApp(w http.ResponseWriter, r *http.Request, account *store.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return &reply.Error{Status: http.StatusBadRequest, Err: err}
	}
	err := s.Store.Update(r.Context(), func(tx *store.Txn) error {
		if r.PostForm.Get("app") != "" {
			tx.Revoke(account.ID, r.PostForm.Get("app"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.Frame.Flash(r, "ok", "apps.ended")
	return s.Frame.Redirect(w, r, "/mon-compte/applications")
}
