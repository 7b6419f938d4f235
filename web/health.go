package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
)

// health mounts the addresses by which a supervisor asks: /livez, that the
// process answers, and /readyz, that its store can be read.
func health(r *mux.Router, s *store.Store) {
	r.HandleFunc("/livez", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") }).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if err := s.View(ctx, func(*store.Txn) error { return nil }); err != nil {
			say(w, http.StatusServiceUnavailable, "store cannot be read")
			return
		}
		say(w, http.StatusOK, "ok")
	}).Methods(http.MethodGet, http.MethodHead)
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write([]byte(text + "\n"))
}
