package mastodon

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

// refusal is an answer that a handler chose itself, in Mastodon's words, which
// some clients compare.
type refusal struct {
	status  int
	message string
	detail  string
}

func (e *refusal) Error() string { return e.message }

// invalid refuses what was sent: 422.
func invalid(why string) error {
	return &refusal{http.StatusUnprocessableEntity, "Validation failed: " + why, ""}
}

type errorEntity struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// handler answers one address: who asks, may he, how often, and then what.
func (d *API) handler(e endpoint) http.Handler {
	return d.public(func(c *call) (any, error) {
		if err := c.allow(e.scope); err != nil {
			return nil, err
		}
		if err := c.readParams(); err != nil {
			return nil, err
		}
		return e.do(c)
	})
}

// public answers what do returns, as JSON; nil is an answer that was written
// already.
func (d *API) public(do act) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowOrigins(w.Header())
		if r.Method == http.MethodOptions {
			answerPreflight(w)
			return
		}
		r = r.WithContext(assets.WithLang(r.Context(), assets.Lang(d.Node.Lang)))
		c, err := d.begin(w, r)
		if err == nil {
			err = d.rates.spend(w.Header(), c)
		}
		var entity any
		if err == nil {
			entity, err = do(c)
		}
		if err != nil {
			d.fail(w, r, err)
			return
		}
		if entity != nil {
			writeJSON(w, http.StatusOK, entity)
		}
	})
}

// allowOrigins lets web clients of any origin read the answers: they authenticate
// by a header that no other site can send for them.
func allowOrigins(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Vary", "Authorization, Origin")
}

// answerPreflight tells a browser what it may ask (Fetch standard, CORS-preflight).
func answerPreflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, status int, entity any) {
	b, err := json.Marshal(entity)
	if err != nil {
		panic(err) // an entity of our own
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b)
}

// fail answers an error in Mastodon's form, and logs what the operator must know.
func (d *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	if e, ok := errors.AsType[*refusal](err); ok {
		if e.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="essaim", error="invalid_token"`)
		}
		writeJSON(w, e.status, errorEntity{e.message, e.detail})
		return
	}
	if isMissing(err) {
		err = &reply.Error{Status: http.StatusNotFound, Detail: errNotFound.message, Err: err}
	}
	reply.Responder{Log: d.Log, Render: d.render(err)}.Fail(w, r, err)
}

func (d *API) render(err error) reply.Renderer {
	return func(w http.ResponseWriter, _ *http.Request, p reply.Problem) {
		message := http.StatusText(p.Status)
		switch {
		case p.Status == http.StatusUnprocessableEntity:
			message = "Validation failed: " + d.mistakes(err)
		case p.Status == http.StatusForbidden:
			message = "This action is not allowed"
		case p.Detail != "":
			message = p.Detail
		}
		writeJSON(w, p.Status, errorEntity{Error: message})
	}
}

// mistakes says what is wrong with what was sent, in the language of the node.
func (d *API) mistakes(err error) string {
	var said []string
	all, _ := errors.AsType[store.FieldErrors](err)
	if one, ok := errors.AsType[*store.FieldError](err); ok && len(all) == 0 {
		all = store.FieldErrors{one}
	}
	for _, e := range all {
		args := e.Args
		if args == nil {
			args = map[string]any{}
		}
		said = append(said, e.Field+": "+d.Catalog.T(assets.Lang(d.Node.Lang), e.Reason, args))
	}
	if len(said) == 0 {
		return "invalid"
	}
	return strings.Join(said, ", ")
}

// stamp writes a moment as Mastodon does: exactly to the millisecond.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// stampOf is stamp, or nil for a time that is not known.
func stampOf(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}
