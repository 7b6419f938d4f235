package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const providerSecret = "zqclientsecretqz"

// echoing is a provider that refuses every code, and says in its answer all that it was
// told.
func echoing(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": server.URL, "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token", "jwks_uri": server.URL + "/keys",
			"token_endpoint_auth_methods_supported": []string{"client_secret_post"},
		})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		told, _ := io.ReadAll(r.Body)
		if !bytes.Contains(told, []byte(providerSecret)) {
			t.Errorf("the secret was not used: %s", told)
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_client %s","error_description":%q}`, providerSecret, told)
	})
	return server
}

// TestSecretOfTheProviderStaysInside uses the secret by which the node asks who
// somebody is, and looks for it in all that the node shows, logs, keeps and gives away.
func TestSecretOfTheProviderStaysInside(t *testing.T) { // W07, W09
	l := newLab(t, "estran", "ESSAIM_LOG_LEVEL=debug")
	config := filepath.Join(l.dir, configName)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(text), "[oidc]")
	own := fmt.Sprintf("[oidc]\nissuer = %q\nclient_id = 'x'\nclient_secret = %q\nname = 'Agents'\n", echoing(t).URL, providerSecret)
	_, after, _ = strings.Cut(after, "\n[")
	if after != "" {
		own += "\n[" + after
	}
	if err := os.WriteFile(config, []byte(before+own), 0o600); err != nil {
		t.Fatal(err)
	}
	l.start()
	shown := map[string]string{"the answer of the provider": l.refusedThere(t)}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	l.client.Jar = jar
	l.asked(t, http.MethodPost, "/connexion", url.Values{"login": {"estran_admin"}, "password": {"quelques mots sans lien"}})
	shown["the settings"] = l.asked(t, http.MethodGet, "/admin/reglages", nil)
	if !strings.Contains(shown["the settings"], "oidc.client_id") {
		t.Error("the settings are not shown")
	}
	shown["the page of health"] = l.asked(t, http.MethodGet, "/admin/sante", nil)
	shown["the export"] = unzipped(t, l.asked(t, http.MethodGet, "/mon-compte/donnees.zip", nil))
	archive := filepath.Join(t.TempDir(), "b.tar.gz")
	shown["what a backup says"] = l.essaim("backup", archive)
	shown["the backup"] = untarred(t, archive)
	out, said, _ := l.try("doctor", "--json")
	shown["doctor"] = out + said
	l.stop()
	shown["the log"] = l.log()
	for where, text := range shown {
		if strings.Contains(text, providerSecret) {
			t.Errorf("%s: the secret is there", where)
		}
	}
	store, err := os.ReadFile(filepath.Join(l.dir, storeName))
	if err != nil || bytes.Contains(store, []byte(providerSecret)) {
		t.Errorf("the store: %v, or the secret is there", err)
	}
}

// refusedThere goes to the provider and comes back with a code that it refuses; it
// returns the page that says so.
func (l *labProcess) refusedThere(t *testing.T) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	l.client.Jar = jar
	res, err := l.client.Get(l.url("/connexion/fournisseur"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	to, err := res.Location()
	if err != nil {
		t.Fatalf("got %d, %v", res.StatusCode, err)
	}
	back := url.Values{"state": {to.Query().Get("state")}, "code": {"x"}}
	page := l.asked(t, http.MethodGet, "/connexion/fournisseur/retour?"+back.Encode(), nil)
	if !strings.Contains(page, "autre service") {
		t.Errorf("got %s", page)
	}
	return page
}

// asked is the answer to a request with the cookies of the client.
func (l *labProcess) asked(t *testing.T, method, path string, form url.Values) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, l.url(path), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "fr")
	res, err := l.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func unzipped(t *testing.T, archive string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err == nil {
			_, err = io.Copy(&all, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func untarred(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all.String()
		}
		if err == nil {
			all.WriteString(h.Name + "\n")
			_, err = io.Copy(&all, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
