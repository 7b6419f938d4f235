package web

import "github.com/gorilla/mux"

// Router is all that a node answers to, for tests that walk over it.
func Router(c Config) *mux.Router {
	r, _ := routes(c)
	return r
}
